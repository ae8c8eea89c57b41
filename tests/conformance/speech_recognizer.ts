import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import type { Owned } from "../../adapters/provider.ts";
import type { Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type {
  Hearing,
  HearingEvent,
  Input,
  RecognizerOptions,
  SpeechRecognizer,
} from "../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "./hearing_events.ts";
import { patiently as withPatience } from "./patience.ts";

/** A recognizer to be checked and what to say to it. */
export interface RecognizerSubject {
  /** Makes a fresh engine, with room for at least two sessions; the check disposes of it. Room for just two lets a leak show. */
  create(): Owned<SpeechRecognizer>;
  /** Sessions are opened with these; the format is `pcm_s16le`. */
  readonly options: RecognizerOptions;
  /** Two utterances of at least two words each, every one with enough silence after it to be ended by the engine's own endpointing. */
  readonly utterances: readonly [Int16Array, Int16Array];
  /** Audio without speech. */
  readonly silence: Int16Array;
  /** How long to wait for what never comes before the check fails, in ms; 30,000 by default. */
  readonly patienceMs?: number;
}

/** One rule of the port, as a function that rejects with an `AssertionError` when the recognizer breaks it. */
export interface RecognizerCheck {
  /** Completes the sentence "The recognizer …". */
  readonly name: string;
  run(subject: RecognizerSubject): Promise<void>;
}

/**
 * Registers one test for each of the {@linkcode recognizerChecks}.
 *
 * @param setup makes the subject of one test, so that an engine or recording that is missing fails there.
 */
export function conformSpeechRecognizer(
  name: string,
  setup: () => RecognizerSubject | Promise<RecognizerSubject>,
  options: { readonly ignore?: boolean } = {},
): void {
  for (const check of recognizerChecks) {
    Deno.test({
      name: `${name} ${check.name}`,
      ignore: options.ignore ?? false,
      fn: async () => await check.run(await setup()),
    });
  }
}

/** A far position that is not a whole number of frames, ms or chunks. */
const later = 16000 * 3600 + 12345;

/** What the port asks of every recognizer. Times are media time: nothing sleeps, and audio is given as fast as it is taken. */
export const recognizerChecks: readonly RecognizerCheck[] = [
  {
    name: "reports each utterance once, with a final hypothesis that is its last",
    async run(subject) {
      const events = await hearAll(subject, [frames(subject, speech(subject))]);
      const spoken = finals(events).filter((final) => final.words.length > 0);
      assertGreaterOrEqual(spoken.length, 2, `Utterances with words: ${spoken.length}, expected at least 2`);
    },
  },
  {
    name: "reports no words in silence",
    async run(subject) {
      const events = await hearAll(subject, [frames(subject, subject.silence)]);
      const words = events.filter((event) => event.type === "hypothesis" && event.words.length > 0);
      assertEquals(words.length, 0, `Hypotheses with words in silence: ${words.length}, expected none`);
    },
  },
  {
    name: "settles silence at least every two seconds while it lasts",
    async run(subject) {
      const { rate } = subject.options.format;
      const samples = new Int16Array(6 * rate);
      for (let at = 0; at < samples.length; at++) samples[at] = subject.silence[at % subject.silence.length]!;
      const events = await hearAll(subject, [frames(subject, samples)]);
      let settledTo = 0;
      for (const event of events) {
        if (event.type !== "progress" && event.type !== "hypothesis") continue;
        const aheadMs = (event.heardTo - settledTo) * 1000 / rate;
        assert(aheadMs <= 2000, `${aheadMs} ms of silence were heard before any of it settled`);
        settledTo = event.settledTo;
      }
      assertGreaterOrEqual(
        settledTo,
        4 * rate,
        `Of ${samples.length} samples of silence ${settledTo} were settled`,
      );
    },
  },
  {
    name: "reports at least every 200 ms of speech how far it has listened",
    async run(subject) {
      const { rate } = subject.options.format;
      const events = await hearAll(subject, [frames(subject, subject.utterances[0])]);
      let heardTo: number | undefined;
      for (const event of events) {
        // A recognizer notices speech a little late.
        if (event.type === "speech_started") heardTo = event.position + 0.4 * rate;
        if (event.type === "endpoint") break;
        if (event.type !== "progress" && event.type !== "hypothesis" || heardTo === undefined) continue;
        const silentMs = (event.heardTo - heardTo) * 1000 / rate;
        assert(silentMs <= 200, `Nothing was reported in ${silentMs} ms of speech`);
        heardTo = event.heardTo;
      }
      assert(heardTo !== undefined, "Nothing was reported of an utterance");
    },
  },
  {
    name: "reports no words and ends when the input is empty",
    async run(subject) {
      assertEquals(transcript(await hearAll(subject, [])), "");
    },
  },
  {
    name: "makes everything final when the input ends in the middle of speech",
    async run(subject) {
      const first = subject.utterances[0];
      const events = await hearAll(subject, [frames(subject, first.subarray(0, spokenTo(first)))]);
      assert(transcript(events) !== "", "No words came from an utterance that was cut short");
    },
  },
  {
    name: "takes frames of any size",
    async run(subject) {
      const usual = await hearAll(subject, [frames(subject, speech(subject))]);
      for (const frameSamples of [333, 8000]) {
        const events = await hearAll(subject, [frames(subject, speech(subject), { frameSamples })]);
        assertEquals(finals(events).length, finals(usual).length, `Utterances in frames of ${frameSamples}`);
      }
    },
  },
  {
    name: "counts positions and times from where the first frame is",
    async run(subject) {
      const near = await hearAll(subject, [frames(subject, speech(subject))]);
      const far = await hearAll(subject, [frames(subject, speech(subject), { position: later })]);
      assertEquals(
        transcript(far),
        transcript(near),
        "The same audio at another position is heard differently",
      );
      const shiftMs = later * 1000 / subject.options.format.rate;
      const times = finals(near).flatMap((final) => final.words.map((word) => word.startMs + shiftMs));
      const shifted = finals(far).flatMap((final) => final.words.map((word) => word.startMs));
      for (const [index, startMs] of shifted.entries()) {
        const wanted = times[index]!;
        assert(Math.abs(startMs - wanted) <= 50, `A word starts at ${startMs} ms, expected ${wanted} ms`);
      }
    },
  },
  {
    name: "keeps to the source's clock across a gap in the audio",
    async run(subject) {
      const [first, second] = subject.utterances;
      const { rate } = subject.options.format;
      const position = first.length + 10 * rate;
      const events = await hearAll(subject, [frames(subject, first), frames(subject, second, { position })]);
      const words = finals(events).flatMap((final) => final.words);
      const beforeMs = first.length * 1000 / rate + 50;
      const afterMs = position * 1000 / rate - 50;
      assert(words.some((word) => word.endMs <= beforeMs), "No words before the gap");
      assert(words.some((word) => word.startMs >= afterMs), "No words after the gap");
      const within = words.filter((word) => word.endMs > beforeMs && word.startMs < afterMs);
      assertEquals(within.length, 0, `Words within the gap: ${within.length}, expected none`);
    },
  },
  {
    name: "answers every flush once, after all that was said before it has become final",
    async run(subject) {
      const [first, second] = subject.utterances;
      const cut = spokenTo(first);
      const events = await hearAll(subject, [
        [flush(1)],
        frames(subject, first.subarray(0, cut)),
        [flush(7), flush(8)],
        frames(subject, first.subarray(cut), { position: cut }),
        frames(subject, second, { position: first.length }),
        [flush(9)],
      ]);
      const answered = events.findIndex((event) => event.type === "flushed" && event.id === 7);
      assert(
        transcript(events.slice(0, answered)) !== "",
        "Nothing said before the flush was final at its answer",
      );
      assert(transcript(events.slice(answered)) !== "", "Nothing was heard after the flush");
    },
  },
  {
    name: "answers a flush without waiting for more input",
    async run(subject) {
      await using engine = subject.create();
      await using hearing = await open(subject, engine);
      const answered = Promise.withResolvers<void>();
      const first = subject.utterances[0];
      const input = sequence(
        [frames(subject, first.subarray(0, spokenTo(first))), [flush(1)]],
        answered.promise,
      );
      const events: HearingEvent[] = [];
      await patiently(subject, "the answer to a flush", async (signal) => {
        for await (const event of hearing.hear(input, signal)) {
          events.push(event);
          if (event.type === "flushed") answered.resolve();
        }
      });
      assertConsistent(events, heard(subject, 0, first.length, [1]));
    },
  },
  {
    name: "rejects at once with the signal's reason when it is aborted",
    async run(subject) {
      await using engine = subject.create();
      const spoken = spokenTo(subject.utterances[0]);
      const first = frames(subject, subject.utterances[0].subarray(0, spoken));
      // Some give no words before an utterance is over: then it is enough that all of the speech was heard.
      const midway = spoken - 0.2 * subject.options.format.rate;
      const reached = {
        "when somebody begins to speak": ({ type }: HearingEvent) =>
          type === "speech_started" || type === "hypothesis",
        "in the middle of speech": (event: HearingEvent) =>
          event.type === "hypothesis" || event.type === "progress" && event.heardTo >= midway,
      };
      for (
        const moment of [
          "before the start",
          "while it waits for input",
          "when somebody begins to speak",
          "in the middle of speech",
        ] as const
      ) {
        await using hearing = await open(subject, engine);
        const abort = new AbortController();
        const reason = new Error(moment);
        if (moment === "before the start") abort.abort(reason);
        const never = Promise.withResolvers<void>();
        const input = (async function* () {
          for (const frame of first) yield frame;
          if (moment === "while it waits for input") abort.abort(reason);
          await never.promise;
        })();
        const outcome = await patiently(subject, `an abort ${moment}`, async (patience) => {
          const signal = AbortSignal.any([abort.signal, patience]);
          for await (const event of hearing.hear(input, signal)) {
            if (moment in reached && reached[moment as keyof typeof reached](event)) abort.abort(reason);
          }
        }).catch((error) => error);
        assertStrictEquals(
          outcome,
          reason,
          `Aborted ${moment}: rejected with something else than the reason`,
        );
      }
    },
  },
  {
    name: "does not open when the signal is aborted already",
    async run(subject) {
      await using engine = subject.create();
      const reason = new Error("too late");
      const outcome = await engine.open({ ...subject.options, signal: AbortSignal.abort(reason) }).then(
        async (hearing) => await hearing[Symbol.asyncDispose](),
        (error) => error,
      );
      assertStrictEquals(outcome, reason);
    },
  },
  {
    name: "passes on a failure of the input",
    async run(subject) {
      await using engine = subject.create();
      await using hearing = await open(subject, engine);
      const failure = new Error("no more microphone");
      // deno-lint-ignore require-yield -- an input that fails before its first frame
      const input = (async function* (): AsyncGenerator<Input> {
        throw failure;
      })();
      const outcome = await listen(subject, hearing, input).catch((error) => error);
      assertStrictEquals(outcome, failure);
    },
  },
  {
    name: "gives its place back when disposed, however often, whether it was heard out or not",
    async run(subject) {
      await using engine = subject.create();
      for (let round = 0; round < 4; round += 1) {
        const hearing = await open(subject, engine);
        if (round % 2 === 1) {
          const input = sequence([frames(subject, subject.utterances[0])]);
          await patiently(subject, "a first event", async (signal) => {
            for await (const _event of hearing.hear(input, signal)) break;
          });
        }
        await hearing[Symbol.asyncDispose]();
        await hearing[Symbol.asyncDispose]();
      }
      await engine[Symbol.asyncDispose]();
    },
  },
  {
    name: "keeps two sessions apart",
    async run(subject) {
      const alone = await hearAll(subject, [frames(subject, speech(subject))]);
      await using engine = subject.create();
      await using one = await open(subject, engine);
      await using other = await open(subject, engine);
      const reports = await Promise.all([
        listen(subject, one, sequence([frames(subject, speech(subject))])),
        listen(subject, other, sequence([frames(subject, speech(subject), { position: later })])),
      ]);
      for (const [index, from] of [0, later].entries()) {
        assertConsistent(reports[index]!, heard(subject, from, from + speech(subject).length));
        assertEquals(transcript(reports[index]!), transcript(alone), "A session heard what another one said");
      }
    },
  },
  {
    name: "refuses a language that it does not know",
    async run(subject) {
      await using engine = subject.create();
      // "qaa" is reserved for private use: no recognizer knows it.
      const outcome = await patiently(
        subject,
        "a refusal",
        (signal) => engine.open({ ...subject.options, languages: ["qaa"], signal }),
      ).then(
        async (hearing) => await hearing[Symbol.asyncDispose](),
        (error) => error,
      );
      assertInstanceOf(outcome, PipelineError);
      assertEquals(outcome.kind, "unsupported_language");
    },
  },
];

function speech(subject: RecognizerSubject): Int16Array {
  const [first, second] = subject.utterances;
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** A place within the speech of an utterance: three quarters of the way to its last loud sample. */
function spokenTo(utterance: Int16Array): number {
  const loud = utterance.findLastIndex((sample) => Math.abs(sample) > 1000);
  return Math.floor((loud > 0 ? loud : utterance.length) * 0.75);
}

function frames(
  subject: RecognizerSubject,
  samples: Int16Array,
  { position = 0, frameSamples }: { position?: number; frameSamples?: number } = {},
): Frame[] {
  const { rate } = subject.options.format;
  const size = frameSamples ?? rate / 50;
  const cut: Frame[] = [];
  for (let at = 0; at < samples.length; at += size) {
    cut.push({ type: "frame", rate, position: position + at, samples: samples.slice(at, at + size) });
  }
  return cut;
}

function flush(id: number): Input {
  return { type: "flush", id };
}

/** The parts one after the other; with `until`, the input stays open after the last one until it resolves. */
async function* sequence(parts: readonly (readonly Input[])[], until?: Promise<void>): AsyncGenerator<Input> {
  for (const part of parts) yield* part;
  await until;
}

function heard(subject: RecognizerSubject, from: number, to: number, flushes: readonly number[] = []) {
  const { format: { rate }, languages } = subject.options;
  return { rate, from, to, languages, flushes };
}

function open(subject: RecognizerSubject, engine: SpeechRecognizer): Promise<Hearing> {
  return patiently(subject, "a session", (signal) => engine.open({ ...subject.options, signal }));
}

/** Hears the parts in a session of an engine of its own and checks that the report agrees with the port. */
async function hearAll(
  subject: RecognizerSubject,
  parts: readonly (readonly Input[])[],
): Promise<HearingEvent[]> {
  await using engine = subject.create();
  await using hearing = await open(subject, engine);
  const events = await listen(subject, hearing, sequence(parts));
  const input = parts.flat();
  const audio = input.filter((item) => item.type === "frame");
  const from = audio[0]?.position ?? 0;
  const last = audio.at(-1);
  const to = last ? last.position + last.samples.length : from;
  const flushes = input.filter((item) => item.type === "flush").map((item) => item.id);
  assertConsistent(events, heard(subject, from, to, flushes));
  return events;
}

function listen(
  subject: RecognizerSubject,
  hearing: Hearing,
  input: AsyncIterable<Input>,
): Promise<HearingEvent[]> {
  return patiently(subject, "the end of the report", async (signal) => {
    const events: HearingEvent[] = [];
    for await (const event of hearing.hear(input, signal)) events.push(event);
    return events;
  });
}

function patiently<T>(
  subject: RecognizerSubject,
  awaited: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withPatience(awaited, work, subject.patienceMs);
}
