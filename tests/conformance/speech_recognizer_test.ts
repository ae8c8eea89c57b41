import { assert, assertEquals } from "@std/assert";
import { fakeRecognizer } from "../../adapters/fake/recognizer.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import type { Owned } from "../../adapters/provider.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Hearing, HearingEvent, Hypothesis, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { recognizerChecks, type RecognizerSubject } from "./speech_recognizer.ts";

type Hear = Hearing["hear"];
type Change = (hear: Hear) => Hear;

/** A fake recognizer whose sessions hear in another way; the change is made anew for each of them. */
function changed(change: Change): Owned<SpeechRecognizer> {
  const fake = fakeRecognizer();
  return {
    ...fake,
    async open(options) {
      const hearing = await fake.open(options);
      return { ...hearing, hear: change((input, signal) => hearing.hear(input, signal)) };
    },
  };
}

/** A recognizer that reports each event as `edit` gives it. */
function edited(edit: (event: HearingEvent) => readonly HearingEvent[]): Owned<SpeechRecognizer> {
  return changed((hear) =>
    async function* (input, signal) {
      for await (const event of hear(input, signal)) yield* edit(event);
    }
  );
}

/** A recognizer that reports each hypothesis as `edit` gives it. */
function misheard(edit: (hypothesis: Hypothesis) => Hypothesis): Owned<SpeechRecognizer> {
  return edited((event) => [event.type === "hypothesis" ? edit(event) : event]);
}

/** A recognizer that is given each piece of input as `edit` makes it. */
function given(edit: (item: Input) => readonly Input[]): Owned<SpeechRecognizer> {
  return changed((hear) => (input, signal) =>
    hear(
      (async function* () {
        for await (const item of input) yield* edit(item);
      })(),
      signal,
    )
  );
}

/** A recognizer that does not hear an abort any more once it has reported such an event. */
function deafFrom(edit: (event: HearingEvent) => readonly HearingEvent[], type: HearingEvent["type"]) {
  return changed((hear) =>
    async function* (input, signal) {
      const abort = new AbortController();
      const follow = () => abort.abort(signal.reason);
      if (signal.aborted) follow();
      signal.addEventListener("abort", follow);
      for await (const event of hear(input, abort.signal)) {
        if (event.type === type) signal.removeEventListener("abort", follow);
        yield* edit(event);
      }
    }
  );
}

/** What is left of an event where words are told only when an utterance is over. */
function withoutInterims(event: HearingEvent): readonly HearingEvent[] {
  if (event.type !== "hypothesis" || event.final) return [event];
  return [{ type: "progress", heardTo: event.heardTo, settledTo: event.settledTo }];
}

/** A fake recognizer that is opened or disposed of in another way. */
function changedEngine(
  change: (fake: Owned<SpeechRecognizer>) => Partial<Owned<SpeechRecognizer>>,
): Owned<SpeechRecognizer> {
  const fake = fakeRecognizer();
  return { ...fake, ...change(fake) };
}

function renamed(hypothesis: Hypothesis, text: (text: string) => string): Hypothesis {
  return { ...hypothesis, words: hypothesis.words.map((word) => ({ ...word, text: text(word.text) })) };
}

/** Recognizers that break one rule, by the rule's name. */
const broken: Readonly<Record<string, Readonly<Record<string, () => Owned<SpeechRecognizer>>>>> = {
  "reports each utterance once, with a final hypothesis that is its last": {
    "two finals": () =>
      edited((event) => event.type === "hypothesis" && event.final ? [event, event] : [event]),
    "no finals": () => edited((event) => event.type === "hypothesis" && event.final ? [] : [event]),
    "a revised stable word": () => {
      let revision = 0;
      return misheard((hypothesis) => renamed(hypothesis, (text) => `${text}-${revision += 1}`));
    },
    "stable that goes back": () =>
      misheard((hypothesis) => ({
        ...hypothesis,
        stable: hypothesis.final ? hypothesis.stable : hypothesis.words.length % 2,
      })),
    "a final that is not stable": () => misheard((hypothesis) => ({ ...hypothesis, stable: 0 })),
    "stable past the words": () => misheard((hypothesis) => ({ ...hypothesis, stable: 99 })),
    "utterance numbers that start again": () =>
      edited((event) => "utterance" in event ? [{ ...event, utterance: 0 }] : [event]),
    "positions that go back": () =>
      edited((event) => event.type === "endpoint" ? [{ ...event, position: 1 }] : [event]),
    "a position past the audio": () =>
      edited((event) => event.type === "endpoint" ? [{ ...event, position: 1e9 }] : [event]),
    "heardTo that goes back": () =>
      misheard((hypothesis) => hypothesis.final ? { ...hypothesis, heardTo: 1, settledTo: 0 } : hypothesis),
    "settledTo past heardTo": () =>
      misheard((hypothesis) => ({ ...hypothesis, settledTo: hypothesis.heardTo + 1 })),
    "settledTo past what is not final": () =>
      misheard((hypothesis) => ({ ...hypothesis, settledTo: hypothesis.heardTo })),
    "finals that are not settled": () => misheard((hypothesis) => ({ ...hypothesis, settledTo: 0 })),
    "words said again in the next utterance": () => {
      let said: Hypothesis["words"] = [];
      return misheard((hypothesis) => {
        const words = [...said, ...hypothesis.words];
        if (hypothesis.final) said = hypothesis.words;
        return { ...hypothesis, words, stable: words.length };
      });
    },
    "a token that is not a word": () => misheard((hypothesis) => renamed(hypothesis, () => "")),
    "another language": () => misheard((hypothesis) => ({ ...hypothesis, language: "fr" })),
    "one utterance for all": () =>
      changed((hear) =>
        async function* (input, signal) {
          let last: Hypothesis | undefined;
          for await (const event of hear(input, signal)) {
            if (event.type !== "hypothesis") continue;
            last = { ...event, utterance: 0, words: last?.words ?? event.words };
          }
          if (last) yield { ...last, final: true, stable: last.words.length };
        }
      ),
  },
  "reports no words in silence": {
    "a word in every frame": () => given((item) => item.type === "frame" ? [loud(item)] : [item]),
  },
  "settles silence at least every two seconds while it lasts": {
    "no progress": () => edited((event) => event.type === "progress" ? [] : [event]),
    "progress that settles nothing": () =>
      edited((event) => event.type === "progress" ? [{ ...event, settledTo: 0 }] : [event]),
  },
  "reports at least every 200 ms of speech how far it has listened": {
    "finals alone": () =>
      edited((event) =>
        event.type === "progress" || event.type === "hypothesis" && !event.final ? [] : [event]
      ),
    "progress only when words change": () => edited((event) => event.type === "progress" ? [] : [event]),
  },
  "reports no words and ends when the input is empty": {
    "a greeting": () =>
      changed(() =>
        async function* () {
          await Promise.resolve();
          yield {
            type: "hypothesis",
            utterance: 0,
            words: [{ text: "hello", startMs: 0, endMs: 0, timing: "measured" }],
            stable: 1,
            final: true,
            language: "en",
            heardTo: 0,
            settledTo: 0,
          };
        }
      ),
    "no end": () =>
      changed((hear) =>
        async function* (input, signal) {
          yield* hear(input, signal);
          await new Promise(() => {});
        }
      ),
  },
  "makes everything final when the input ends in the middle of speech": {
    "the last utterance dropped": () =>
      changed((hear) =>
        async function* (input, signal) {
          for await (const event of hear(input, signal)) {
            if (event.type === "hypothesis" && event.final) return;
            yield event;
          }
        }
      ),
  },
  "takes frames of any size": {
    "frames cut to 320 samples": () =>
      given((item) => item.type === "frame" ? [{ ...item, samples: item.samples.slice(0, 320) }] : [item]),
    "large frames refused": () =>
      given((item) => {
        if (item.type === "frame" && item.samples.length > 4096) {
          throw new PipelineError("invalid_request", "Cannot hear a frame");
        }
        return [item];
      }),
  },
  "counts positions and times from where the first frame is": {
    "a clock that starts at 0": () => {
      let position = 0;
      return given((item) => {
        if (item.type !== "frame") return [item];
        const moved = { ...item, position };
        position += item.samples.length;
        return [moved];
      });
    },
    "times that start at 0": () => {
      let firstMs: number | undefined;
      return misheard((hypothesis) => {
        firstMs ??= hypothesis.words[0]?.startMs ?? 0;
        const words = hypothesis.words.map((word) => ({ ...word, startMs: word.startMs - firstMs! }));
        return { ...hypothesis, words: words.map((word) => ({ ...word, timing: "estimated" })) };
      });
    },
  },
  "keeps to the source's clock across a gap in the audio": {
    "a gap that is closed": () => {
      let position: number | undefined;
      return given((item) => {
        if (item.type !== "frame") return [item];
        position ??= item.position;
        const moved = { ...item, position };
        position += item.samples.length;
        return [moved];
      });
    },
    "deaf after a gap": () => {
      let to: number | undefined;
      return given((item) => {
        if (item.type !== "frame") return [item];
        const gap = to !== undefined && item.position > to;
        if (!gap) to = item.position + item.samples.length;
        return gap ? [] : [item];
      });
    },
  },
  "answers every flush once, after all that was said before it has become final": {
    "a flush that is lost": () => given((item) => item.type === "flush" && item.id === 8 ? [] : [item]),
    "a flush answered twice": () => given((item) => item.type === "flush" ? [item, item] : [item]),
    "flushes answered with another number": () =>
      edited((event) => event.type === "flushed" ? [{ ...event, id: 1 }] : [event]),
    "a flush answered before its finals": () =>
      changed((hear) =>
        async function* (input, signal) {
          const ids: number[] = [];
          const items = (async function* () {
            for await (const item of input) {
              if (item.type === "flush") ids.push(item.id);
              else yield item;
            }
          })();
          for await (const event of hear(items, signal)) {
            while (ids.length > 0) yield { type: "flushed", id: ids.shift()! };
            yield event;
          }
          while (ids.length > 0) yield { type: "flushed", id: ids.shift()! };
        }
      ),
    "deaf after a flush": () => {
      let flushed = false;
      return given((item) => {
        if (item.type === "flush" && item.id > 1) flushed = true;
        return item.type === "frame" && flushed ? [] : [item];
      });
    },
  },
  "answers a flush without waiting for more input": {
    "an answer that waits for the next frame": () => {
      const waiting: Input[] = [];
      return given((item) => {
        if (item.type === "frame") return [...waiting.splice(0), item];
        waiting.push(item);
        return [];
      });
    },
  },
  "rejects at once with the signal's reason when it is aborted": {
    "an abort that is not heard": () =>
      changed((hear) => (input) => hear(input, new AbortController().signal)),
    "an abort that is not heard once somebody speaks": () => deafFrom((event) => [event], "speech_started"),
    "an abort that is not heard in the middle of speech": () => deafFrom((event) => [event], "hypothesis"),
    "the same without interim text": () => deafFrom(withoutInterims, "hypothesis"),
    "an abort that ends quietly": () =>
      changed((hear) =>
        async function* (input, signal) {
          try {
            yield* hear(input, signal);
          } catch (error) {
            if (!signal.aborted) throw error;
          }
        }
      ),
    "an error of its own": () =>
      changed((hear) =>
        async function* (input, signal) {
          try {
            yield* hear(input, signal);
          } catch {
            throw new PipelineError("internal", "Cannot hear");
          }
        }
      ),
  },
  "does not open when the signal is aborted already": {
    "an abort that is not heard": () =>
      changedEngine((fake) => ({
        open: (options) => fake.open({ ...options, signal: new AbortController().signal }),
      })),
  },
  "passes on a failure of the input": {
    "a failure taken for an end": () =>
      changed((hear) => (input, signal) =>
        hear(
          (async function* () {
            try {
              yield* input;
            } catch {
              return;
            }
          })(),
          signal,
        )
      ),
  },
  "gives its place back when disposed, however often, whether it was heard out or not": {
    "places that are not given back": () => {
      let places = 3;
      return changedEngine((fake) => ({
        open(options) {
          if (places === 0) return Promise.reject(new PipelineError("concurrency", "Cannot open"));
          places -= 1;
          return fake.open(options);
        },
      }));
    },
    "a second disposal that throws": () =>
      changedEngine((fake) => ({
        async open(options) {
          const hearing = await fake.open(options);
          let disposed = false;
          return {
            ...hearing,
            [Symbol.asyncDispose]() {
              if (disposed) return Promise.reject(new TypeError("Cannot dispose twice"));
              disposed = true;
              return hearing[Symbol.asyncDispose]();
            },
          };
        },
      })),
  },
  "keeps two sessions apart": {
    "one decoder for all": () => {
      const words = new Map<number, Hypothesis>();
      return misheard((hypothesis) => {
        if (!hypothesis.final) return hypothesis;
        const other = words.get(hypothesis.utterance);
        words.set(hypothesis.utterance, hypothesis);
        return renamed(hypothesis, (text) => other ? `${text}${other.words.length}` : text);
      });
    },
    "one session at a time": () => {
      let open = 0;
      return changedEngine((fake) => ({
        async open(options) {
          if (open > 0) throw new PipelineError("concurrency", "Cannot open");
          open += 1;
          const hearing = await fake.open(options);
          return {
            ...hearing,
            [Symbol.asyncDispose]() {
              open = 0;
              return hearing[Symbol.asyncDispose]();
            },
          };
        },
      }));
    },
  },
  "refuses a language that it does not know": {
    "every language taken": () =>
      changedEngine((fake) => ({ open: (options) => fake.open({ ...options, languages: ["en"] }) })),
    "another kind of error": () =>
      changedEngine(() => ({ open: () => Promise.reject(new PipelineError("internal", "Cannot open")) })),
  },
};

const rate = 16000;

/** An utterance of so much sound, with half a second of silence around it. */
function sound(ms: number): Int16Array {
  const samples = new Int16Array(rate * (ms + 1000) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * ms / 1000), rate / 2);
  return samples;
}

function loud(item: Extract<Input, { type: "frame" }>): Input {
  return { ...item, samples: item.samples.map((_, index) => index % 2 === 0 ? 9999 : -9999) };
}

const subject: Omit<RecognizerSubject, "create"> = {
  options: { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} },
  utterances: [sound(1000), sound(1500)],
  silence: new Int16Array(2 * rate),
  patienceMs: 100,
};

Deno.test("recognizerChecks are all shown to fail", () => {
  assertEquals(Object.keys(broken).sort(), recognizerChecks.map((check) => check.name).sort());
});

Deno.test("recognizerChecks pass a recognizer that gives no interim text", async () => {
  for (const check of recognizerChecks) {
    await check.run({ ...subject, patienceMs: 5000, create: () => edited(withoutInterims) });
  }
});

for (const check of recognizerChecks) {
  for (const [fault, create] of Object.entries(broken[check.name] ?? {})) {
    Deno.test(`The check "${check.name}" finds ${fault}`, async () => {
      const outcome = await check.run({ ...subject, create }).then(() => undefined, (error) => error);
      assert(outcome instanceof Error, "The check passes a recognizer that breaks its rule");
    });
  }
}
