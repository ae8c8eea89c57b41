import { assert, assertEquals, assertRejects } from "@std/assert";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import type { Owned } from "../../adapters/provider.ts";
import type { Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { SpeechSynthesizer, SynthesizerOptions, Voice } from "../../pipeline/ports.ts";
import { synthesizerChecks, type SynthesizerSubject } from "./speech_synthesizer.ts";

type Speak = Voice["speak"];

/** A fake synthesizer whose voices speak in another way. */
function changed(change: (speak: Speak) => Speak, fake = fakeSynthesizer()): Owned<SpeechSynthesizer> {
  return {
    ...fake,
    async open(options) {
      const voice = await fake.open(options);
      return { ...voice, speak: change((text, options, signal) => voice.speak(text, options, signal)) };
    },
  };
}

/** A fake synthesizer whose frames are changed before they are heard. */
function changedFrames(change: (frame: Frame) => Frame, fake = fakeSynthesizer()): Owned<SpeechSynthesizer> {
  return changed((speak) =>
    async function* (text, options, signal) {
      for await (const event of speak(text, options, signal)) {
        yield event.type === "frame" ? change(event) : event;
      }
    }, fake);
}

/** A fake synthesizer that is opened with other options than the wanted ones. */
function openedWith(
  change: Partial<SynthesizerOptions> & { signal?: AbortSignal },
): Owned<SpeechSynthesizer> {
  const fake = fakeSynthesizer();
  return { ...fake, open: (options) => fake.open({ ...options, ...change }) };
}

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function join(text: AsyncIterable<string>): Promise<string> {
  let whole = "";
  for await (const part of text) whole += part;
  return whole;
}

/** Synthesizers that break one rule, by the rule's name. */
const broken: Readonly<Record<string, readonly (() => Owned<SpeechSynthesizer>)[]>> = {
  "speaks audibly, in a wanted format, in pieces of at most 200 ms whose positions have no gap": [
    () => changed((speak) => (_, options, signal) => speak(pieces(""), options, signal)),
    () => changedFrames((frame) => ({ ...frame, samples: new Int16Array(frame.samples.length) })),
    () => changedFrames((frame) => ({ ...frame, samples: frame.samples.map((sample) => sample >> 7) })),
    () =>
      changedFrames((frame) => frame.position === 0 ? { ...frame, samples: frame.samples.fill(0) } : frame),
    () => changedFrames((frame) => ({ ...frame, position: frame.position + 1 })),
    () => changedFrames((frame) => ({ ...frame, position: 0 })),
    () => changedFrames((frame) => ({ ...frame, rate: 8000 })),
    () => changedFrames((frame) => ({ ...frame, samples: frame.samples.subarray(1) })),
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          let whole = new Int16Array(0);
          for await (const event of speak(text, options, signal)) {
            if (event.type === "frame") whole = Int16Array.from([...whole, ...event.samples]);
          }
          yield { type: "frame", rate: 16000, position: 0, samples: whole };
        }
      ),
    () => openedWith({ formats: [{ codec: "pcm_s16le", rate: 48000 }] }),
  ],
  "takes longer for a longer text": [
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          const whole = await join(text);
          yield* speak(pieces(whole.trim() === "" ? "" : "always the same"), options, signal);
        }
      ),
  ],
  "is shorter at a faster speed": [
    () => changed((speak) => (text, options, signal) => speak(text, { ...options, speed: 1 }, signal)),
    () =>
      changed((speak) => (text, options, signal) =>
        speak(text, { ...options, speed: 1 / options.speed }, signal)
      ),
  ],
  "says a text that comes in pieces like the same text in one": [
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          for await (const part of text) {
            yield* speak(pieces(part), options, signal);
            return;
          }
        }
      ),
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          let whole = "";
          for await (const part of text) whole += `${part}.`;
          yield* speak(pieces(whole), options, signal);
        }
      ),
  ],
  "says nothing when there is nothing to say": [
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          yield* speak(pieces((await join(text)).trim() || "."), options, signal);
        }
      ),
  ],
  "keeps apart what it says at the same time": [
    () => {
      let current = "";
      return changed((speak) =>
        async function* (text, options, signal) {
          current = await join(text);
          await Promise.resolve();
          yield* speak(pieces(current), options, signal);
        }
      );
    },
  ],
  "is not harmed by odd characters": [
    () => {
      let harmed = false;
      return changed((speak) =>
        async function* (text, options, signal) {
          const whole = await join(text);
          yield* speak(pieces(harmed ? `${whole} ${whole}` : whole), options, signal);
          harmed ||= whole.includes("\0");
        }
      );
    },
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          const whole = await join(text);
          if (whole.includes("[[")) throw new PipelineError("internal", "Cannot speak");
          yield* speak(pieces(whole), options, signal);
        }
      ),
  ],
  "rejects with the signal's reason when it is aborted": [
    () => changed((speak) => (text, options) => speak(text, options, new AbortController().signal)),
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          try {
            yield* speak(text, options, signal);
          } catch {
            throw new PipelineError("unavailable", "Cannot speak");
          }
        }
      ),
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          yield* speak(pieces(await join(text)), options, signal);
        }
      ),
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          let last: Frame | undefined;
          try {
            for await (const event of speak(text, options, signal)) {
              if (event.type === "frame") last = event;
              yield event;
            }
          } catch (error) {
            if (last) yield last;
            throw error;
          }
        }
      ),
  ],
  "can be left in the middle of speech": [
    () => {
      let busy = false;
      return changed((speak) =>
        async function* (text, options, signal) {
          if (busy) throw new PipelineError("concurrency", "Cannot speak");
          busy = true;
          yield* speak(text, options, signal);
          busy = false;
        }
      );
    },
  ],
  "passes on a failure of the text": [
    () =>
      changed((speak) =>
        async function* (text, options, signal) {
          const parts: string[] = [];
          try {
            for await (const part of text) parts.push(part);
          } catch {
            // What came so far is said, as if that were all.
          }
          yield* speak(pieces(...parts), options, signal);
        }
      ),
  ],
  "can be disposed twice and throws when it is used afterwards": [
    () => {
      const fake = fakeSynthesizer();
      return {
        ...fake,
        async open(options) {
          const voice = await fake.open(options);
          return { ...voice, [Symbol.asyncDispose]: () => Promise.resolve() };
        },
      };
    },
    () => ({ ...fakeSynthesizer(), [Symbol.asyncDispose]: () => Promise.resolve() }),
  ],
  "does not open when the signal is aborted already": [
    () => openedWith({ signal: new AbortController().signal }),
  ],
  "refuses a language that it does not know": [() => openedWith({ language: "es" })],
  "refuses a voice that it does not have": [() => openedWith({ voice: "tone-es" })],
  "refuses when it can give none of the wanted formats": [
    () => openedWith({ formats: [{ codec: "pcm_s16le", rate: 16000 }] }),
  ],
};

const subject: Omit<SynthesizerSubject, "create"> = {
  options: { language: "es", formats: [{ codec: "pcm_s16le", rate: 16000 }] },
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 300,
};

Deno.test("synthesizerChecks are all shown to fail", () => {
  assertEquals(Object.keys(broken).sort(), synthesizerChecks.map((check) => check.name).sort());
});

for (const check of synthesizerChecks) {
  for (const [index, create] of (broken[check.name] ?? []).entries()) {
    Deno.test(`synthesizerChecks find a synthesizer that breaks "${check.name}" (${index + 1})`, async () => {
      const error = await assertRejects(() => check.run({ ...subject, create }));
      assert(error instanceof Error);
    });
  }
}
