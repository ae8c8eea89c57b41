import type { EngineEvent } from "../../adapters/compose/mod.ts";
import type {
  Opening,
  SpeechEvent,
  Translation,
  TranslationEvent,
  Translator,
  TranslatorOptions,
  Voice,
} from "../../pipeline/ports.ts";
import { FakeClock } from "./fake_clock.ts";

/** From English to Spanish, without an end. */
export const spanish: TranslatorOptions & Opening = {
  source: "en",
  target: "es",
  glossary: {},
  signal: new AbortController().signal,
};

/** Speech in Spanish at 16 kHz, without an end. */
export const inSpanish = {
  language: "es",
  formats: [{ codec: "pcm_s16le", rate: 16_000 }],
  signal: new AbortController().signal,
} as const;

/** The text of a translation, joined. */
export async function translate(
  session: Translation,
  text: string,
  { signal = new AbortController().signal, segment = 1 } = {},
): Promise<string> {
  let translated = "";
  for await (const event of session.translate({ segment, text, history: [] }, signal)) {
    if (event.type === "append") translated += event.text;
  }
  return translated;
}

/** How many samples a text takes, said in one or several pieces. */
export async function speak(
  voice: Voice,
  text: string | readonly string[] | AsyncIterable<string>,
  { signal = new AbortController().signal, segment = 1, speed = 1 } = {},
): Promise<number> {
  let samples = 0;
  for await (const event of voice.speak(pieces(text), { segment, speed }, signal)) {
    if (event.type === "frame") samples += event.samples.length;
  }
  return samples;
}

async function* pieces(text: string | readonly string[] | AsyncIterable<string>): AsyncGenerator<string> {
  if (typeof text === "string") yield text;
  else yield* text;
}

/** Whatever comes of a promise while the clock runs: its value or its error, and when it came. */
export async function outcome<T>(
  clock: FakeClock,
  work: Promise<T>,
  forMs = 60_000,
): Promise<{ readonly value?: T; readonly error?: unknown; readonly atMs: number }> {
  let found: { readonly value?: T; readonly error?: unknown; readonly atMs: number } | undefined;
  work.then(
    (value) => found = { value, atMs: clock.now() },
    (error) => found = { error, atMs: clock.now() },
  );
  const endMs = clock.now() + forMs;
  await clock.advance(0);
  while (!found && clock.now() < endMs) {
    await clock.advance(Math.max(0, Math.min(endMs, clock.nextDueMs ?? endMs) - clock.now()));
  }
  if (!found) throw new Error(`Waited ${forMs} ms in vain`);
  return found;
}

/** The events of one type. */
export function pick<Type extends EngineEvent["type"]>(events: readonly EngineEvent[], type: Type) {
  return events.filter((event): event is Extract<EngineEvent, { type: Type }> => event.type === type);
}

/** A translator whose answers to its first, second, third … request are given; the last one holds for all that follow. */
export function scripted(
  name: string,
  ...answers: readonly ((signal: AbortSignal, text: string) => AsyncIterable<TranslationEvent>)[]
): Translator & AsyncDisposable & {
  readonly asked: () => number;
  readonly opened: () => number;
  readonly live: () => number;
} {
  let asked = 0;
  let opened = 0;
  let live = 0;
  return {
    name,
    traits: { pairs: [{ source: "en", target: "es" }] },
    asked: () => asked,
    opened: () => opened,
    live: () => live,
    open({ signal }) {
      signal.throwIfAborted();
      opened += 1;
      live += 1;
      let ended = false;
      return Promise.resolve({
        translate({ text }, signal) {
          const answer = answers[Math.min(asked, answers.length - 1)]!;
          asked += 1;
          return answer(signal, text);
        },
        [Symbol.asyncDispose]() {
          if (!ended) live -= 1;
          ended = true;
          return Promise.resolve();
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** An answer that comes after so many ms; the text is given back with a mark. */
export function after(clock: FakeClock, ms: number, mark = "es") {
  return async function* (signal: AbortSignal, text: string): AsyncGenerator<TranslationEvent> {
    signal.throwIfAborted();
    await clock.sleep(ms, signal);
    yield { type: "append", text: `${mark}:${text}` };
  };
}

/** An answer that is an error. */
export function fails(error: unknown, text = "") {
  return async function* (signal: AbortSignal): AsyncGenerator<TranslationEvent> {
    await Promise.resolve();
    signal.throwIfAborted();
    if (text !== "") yield { type: "append", text };
    throw error;
  };
}

/** An answer that never comes. */
export function stalls(text = "") {
  return async function* (signal: AbortSignal): AsyncGenerator<TranslationEvent> {
    if (text !== "") yield { type: "append", text };
    await new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
}

/** The samples of some speech events, joined. */
export function samplesOf(events: readonly SpeechEvent[]): number[] {
  return events.flatMap((event) => event.type === "frame" ? [...event.samples] : []);
}
