import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import type { Owned } from "../../adapters/provider.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { SpeechEvent, SpeechSynthesizer, SynthesizerOptions, Voice } from "../../pipeline/ports.ts";
import { patiently } from "./patience.ts";

/** A synthesizer to be checked and what to have it say. */
export interface SynthesizerSubject {
  /** Makes a fresh engine; the check disposes of it. */
  create(): Owned<SpeechSynthesizer>;
  /** The formats are raw ones. */
  readonly options: SynthesizerOptions;
  /** A sentence of at least ten words. */
  readonly text: string;
  /** A text that takes less than half as long to say. */
  readonly short: string;
  /** How much the lengths of the same text may differ between two times, as a share; 0, exactly the same, by default. */
  readonly variation?: number;
  /** How long to wait for what never comes before a check fails, in ms; 30,000 by default. */
  readonly patienceMs?: number;
}

/** One rule of the port, as a function that rejects with an error when the synthesizer breaks it. */
export interface SynthesizerCheck {
  /** Completes the sentence "The synthesizer …". */
  readonly name: string;
  run(subject: SynthesizerSubject): Promise<void>;
}

/** Registers one test for each of the {@linkcode synthesizerChecks}. */
export function conformSpeechSynthesizer(
  name: string,
  setup: () => SynthesizerSubject | Promise<SynthesizerSubject>,
  options: { readonly ignore?: boolean } = {},
): void {
  for (const check of synthesizerChecks) {
    Deno.test({
      name: `${name} ${check.name}`,
      ignore: options.ignore ?? false,
      fn: async () => await check.run(await setup()),
    });
  }
}

/** −50 dBFS: what is quieter is not heard. */
const audible = 32768 * 10 ** (-50 / 20);

/** What the port asks of every synthesizer. */
export const synthesizerChecks: readonly SynthesizerCheck[] = [
  {
    name: "speaks audibly, in a wanted format, in pieces of at most 200 ms whose positions have no gap",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        assert(
          subject.options.formats.some(({ codec, rate }) =>
            codec === voice.format.codec && rate === voice.format.rate
          ),
          "The voice's format is none of the wanted ones",
        );
        const samples = await say(subject, voice, subject.text);
        const first = samples.findIndex((sample) => Math.abs(sample) > audible);
        assert(first >= 0, "Nothing audible was said");
        const firstMs = first * 1000 / voice.format.rate;
        assertLess(
          firstMs,
          100,
          `The first audible sample comes after ${firstMs} ms, expected less than 100`,
        );
        const loud = samples.filter((sample) => Math.abs(sample) > audible).length;
        assertGreater(loud / samples.length, 0.2, "Most of what was said cannot be heard");
      }),
  },
  {
    name: "takes longer for a longer text",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        const long = await say(subject, voice, subject.text);
        const short = await say(subject, voice, subject.short);
        assert(
          short.length > 0 && short.length * 2 < long.length,
          `The texts take ${short.length} and ${long.length} samples, expected less than half as much for the first`,
        );
      }),
  },
  {
    name: "is shorter at a faster speed",
    run: (subject) =>
      withVoice(subject, async (voice, engine) => {
        const { min, max } = engine.traits.speeds;
        assert(
          min <= 1 && max >= 1 && min < max,
          `The speeds are ${min} to ${max}, expected 1 to be among them`,
        );
        const slow = (await say(subject, voice, subject.text, { speed: min })).length;
        const usual = (await say(subject, voice, subject.text)).length;
        const fast = (await say(subject, voice, subject.text, { speed: max })).length;
        if (max > 1) assertLess(fast, usual, `${fast} samples at speed ${max}, ${usual} at speed 1`);
        if (min < 1) assertGreater(slow, usual, `${slow} samples at speed ${min}, ${usual} at speed 1`);
        const ratio = slow / fast * min / max;
        assert(
          Math.abs(ratio - 1) < 0.15,
          `The speeds change the length by a factor that is ${ratio} of the wanted`,
        );
      }),
  },
  {
    name: "says a text that comes in pieces like the same text in one",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        const whole = (await say(subject, voice, subject.text)).length;
        const pieces = (await say(subject, voice, subject.text.match(/.{1,7}/gs)!)).length;
        const allowed = whole * (subject.variation ?? 0);
        assert(Math.abs(pieces - whole) <= allowed, `${pieces} samples in pieces, ${whole} in one`);
      }),
  },
  {
    name: "says nothing when there is nothing to say",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        for (const text of [[], [""], ["  ", "\n"]]) {
          assertEquals((await say(subject, voice, text)).length, 0, "There is sound without a text");
        }
      }),
  },
  {
    name: "keeps apart what it says at the same time",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        const [long, short] = [
          await say(subject, voice, subject.text),
          await say(subject, voice, subject.short),
        ];
        const said = await Promise.all(
          [subject.text, subject.short, subject.text, subject.short].map((text) => say(subject, voice, text)),
        );
        for (const [index, samples] of said.entries()) {
          const wanted = index % 2 === 0 ? long.length : short.length;
          const allowed = wanted * (subject.variation ?? 0);
          assert(
            Math.abs(samples.length - wanted) <= allowed,
            `${samples.length} samples together with others, ${wanted} alone`,
          );
        }
      }),
  },
  {
    name: "is not harmed by odd characters",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        const short = (await say(subject, voice, subject.short)).length;
        for (const odd of oddTexts) {
          await say(subject, voice, odd);
          const again = (await say(subject, voice, subject.short)).length;
          const allowed = short * (subject.variation ?? 0);
          assert(
            Math.abs(again - short) <= allowed,
            `${again} samples after an odd text, ${short} before it`,
          );
        }
      }),
  },
  {
    name: "rejects with the signal's reason when it is aborted",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        for (
          const moment of ["before the start", "while it waits for text", "in the middle of speech"] as const
        ) {
          const abort = new AbortController();
          const reason = new Error(moment);
          const never = Promise.withResolvers<void>();
          if (moment === "before the start") abort.abort(reason);
          const text = (async function* () {
            yield subject.text;
            if (moment !== "while it waits for text") return;
            queueMicrotask(() => abort.abort(reason));
            await never.promise;
          })();
          let after = 0;
          const outcome = await patiently(`an abort ${moment}`, async (patience) => {
            const signal = AbortSignal.any([abort.signal, patience]);
            for await (const event of voice.speak(text, { segment: 1, speed: 1 }, signal)) {
              if (abort.signal.aborted) after += 1;
              if (moment === "in the middle of speech" && event.type === "frame") abort.abort(reason);
            }
          }, subject.patienceMs).catch((error) => error);
          assertStrictEquals(outcome, reason, `Aborted ${moment}: it did not reject with the reason`);
          assertEquals(after, 0, `Aborted ${moment}: ${after} more events came`);
        }
        assertGreater((await say(subject, voice, subject.short)).length, 0, "It says nothing after an abort");
      }),
  },
  {
    name: "can be left in the middle of speech",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        await patiently("the end of what was left", async (signal) => {
          const text = pieces(subject.text);
          for await (const event of voice.speak(text, { segment: 1, speed: 1 }, signal)) {
            if (event.type === "frame") break;
          }
        }, subject.patienceMs);
        assertGreater((await say(subject, voice, subject.short)).length, 0, "It says nothing afterwards");
      }),
  },
  {
    name: "passes on a failure of the text",
    run: (subject) =>
      withVoice(subject, async (voice) => {
        const failure = new Error("no more text");
        const text = (async function* () {
          yield subject.short;
          throw failure;
        })();
        const outcome = await collect(subject, voice, text, 1).catch((error) => error);
        assertStrictEquals(outcome, failure);
      }),
  },
  {
    name: "can be disposed twice and throws when it is used afterwards",
    async run(subject) {
      const engine = subject.create();
      const voice = await open(subject, engine);
      await say(subject, voice, subject.short);
      await voice[Symbol.asyncDispose]();
      await voice[Symbol.asyncDispose]();
      const used = await say(subject, voice, subject.short).catch((error) => error);
      assertInstanceOf(used, TypeError, "A disposed voice speaks");
      await engine[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      const opened = await open(subject, engine).catch((error) => error);
      assertInstanceOf(opened, TypeError, "A disposed engine opens a voice");
    },
  },
  {
    name: "does not open when the signal is aborted already",
    async run(subject) {
      await using engine = subject.create();
      const reason = new Error("too late");
      const outcome = await engine.open({ ...subject.options, signal: AbortSignal.abort(reason) }).then(
        async (voice) => await voice[Symbol.asyncDispose](),
        (error) => error,
      );
      assertStrictEquals(outcome, reason);
    },
  },
  {
    name: "refuses a language that it does not know",
    run: (subject) => refuses(subject, { language: "qaa" }, "unsupported_language"),
  },
  {
    name: "refuses a voice that it does not have",
    run: (subject) => refuses(subject, { voice: "no such voice" }, "invalid_request"),
  },
  {
    name: "refuses when it can give none of the wanted formats",
    run: (subject) => refuses(subject, { formats: [{ codec: "pcm_s16le", rate: 12345 }] }, "invalid_request"),
  },
];

const oddTexts: readonly string[] = [
  "a\0b\u0007\u001b[0m",
  "one\n\n\ntwo\r\nthree\ttab",
  "[[h@l'oU]] <break time='9s'/> &amp; --version -v",
  "😀 👩‍👩‍👧 e\u0301 \u202e\u200b\ufeff",
  "日本語 русский עברית",
  "\ud800 alone",
  "... !!! ???",
];

async function refuses(
  subject: SynthesizerSubject,
  change: Partial<SynthesizerOptions>,
  kind: string,
): Promise<void> {
  await using engine = subject.create();
  const outcome = await patiently(
    "a refusal",
    (signal) => engine.open({ ...subject.options, ...change, signal }),
    subject.patienceMs,
  ).then(
    async (voice) => await voice[Symbol.asyncDispose](),
    (error) => error,
  );
  assertInstanceOf(outcome, PipelineError);
  assertEquals(outcome.kind, kind);
}

async function withVoice(
  subject: SynthesizerSubject,
  check: (voice: Voice, engine: SpeechSynthesizer) => Promise<void>,
): Promise<void> {
  await using engine = subject.create();
  await using voice = await open(subject, engine);
  await check(voice, engine);
}

function open(subject: SynthesizerSubject, engine: SpeechSynthesizer): Promise<Voice> {
  return patiently("a voice", (signal) => engine.open({ ...subject.options, signal }), subject.patienceMs);
}

async function* pieces(text: string | readonly string[]): AsyncGenerator<string> {
  yield* typeof text === "string" ? [text] : text;
}

function collect(
  subject: SynthesizerSubject,
  voice: Voice,
  text: AsyncIterable<string>,
  speed: number,
): Promise<SpeechEvent[]> {
  return patiently("the end of speech", async (signal) => {
    const events: SpeechEvent[] = [];
    for await (const event of voice.speak(text, { segment: 1, speed }, signal)) events.push(event);
    return events;
  }, subject.patienceMs);
}

/** Has a text said and checks every piece of it; returns its samples. */
async function say(
  subject: SynthesizerSubject,
  voice: Voice,
  text: string | readonly string[],
  { speed = 1 }: { speed?: number } = {},
): Promise<Int16Array> {
  const said: Int16Array[] = [];
  let position = 0;
  for (const event of await collect(subject, voice, pieces(text), speed)) {
    if (event.type === "packets") throw new Error("Encoded audio came, expected raw audio");
    if (event.type === "usage") {
      for (const count of [event.audioMs, event.characters, event.tokens]) {
        assert(count === undefined || count >= 0, `Usage is ${count}, expected 0 or more`);
      }
    }
    if (event.type !== "frame") continue;
    assertEquals(event.rate, voice.format.rate, "The rate of a piece is not the voice's");
    assertEquals(event.position, position, "A piece does not begin where the one before it ends");
    const length = event.samples.length;
    assert(
      length > 0 && length <= event.rate / 5,
      `A piece has ${length} samples, expected 1 to ${event.rate / 5}, which is 200 ms`,
    );
    position += length;
    said.push(event.samples);
  }
  const samples = new Int16Array(position);
  let at = 0;
  for (const part of said) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}
