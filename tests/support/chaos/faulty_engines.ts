import type { Owned } from "../../../adapters/provider.ts";
import type { Clock } from "../../../flow/clock.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import type { Input, SpeechRecognizer, SpeechSynthesizer, Translator } from "../../../pipeline/ports.ts";

/** What becomes of an answer that is chosen for it: its connection is lost, or nothing comes any more; before the first result or after it. */
export interface AnswerFault {
  readonly type: "dropped" | "stalled";
  readonly when: "before" | "after";
  /** Every so many answers, after as many that are well. */
  readonly every: number;
}

/** What happened to an engine, on the clock of the run. */
export interface FaultLog {
  /** When a connection was lost or fell silent. */
  readonly atMs: number[];
  /** How long the answers that were well took to their first result, from what they were given last. */
  readonly firstResultsMs: number[];
  /** When the engine that fell silent was given its work. */
  stalledSinceMs: number | undefined;
  /** How long after that the next engine was asked. */
  readonly askedAfterMs: number[];
}

/** A log of nothing yet. */
export function faultLog(): FaultLog {
  return { atMs: [], firstResultsMs: [], stalledSinceMs: undefined, askedAfterMs: [] };
}

/** A recognizer that loses its connection when the audio has come to each of these places, once. */
export function droppingRecognizer(
  inner: Owned<SpeechRecognizer>,
  { dropsAtMs, clock, log }: { readonly dropsAtMs: readonly number[]; clock: Clock; log: FaultLog },
): Owned<SpeechRecognizer> {
  const left = [...dropsAtMs];
  return {
    ...inner,
    async open(options) {
      const hearing = await inner.open(options);
      const { rate } = options.format;
      async function* until(input: AsyncIterable<Input>): AsyncGenerator<Input> {
        for await (const item of input) {
          if (item.type === "frame" && item.position * 1000 / rate >= (left[0] ?? Infinity)) {
            left.shift();
            log.atMs.push(clock.now());
            throw new PipelineError("unavailable", "Cannot hear: the simulated connection was lost");
          }
          yield item;
        }
      }
      return {
        hear: (input, signal) => hearing.hear(until(input), signal),
        [Symbol.asyncDispose]: () => hearing[Symbol.asyncDispose](),
      };
    },
  };
}

/** A translator whose answers have this fault now and then. */
export function faultyTranslator(
  inner: Owned<Translator>,
  parts: { readonly fault: AnswerFault; readonly clock: Clock; readonly log: FaultLog },
): Owned<Translator> {
  const answers = { count: 0 };
  return {
    ...inner,
    async open(options) {
      const session = await inner.open(options);
      return {
        translate: (request, signal) => {
          const givenMs = parts.clock.now();
          return faulty(
            () => session.translate(request, signal),
            { ...parts, answers, givenMs: () => givenMs, isResult: ({ type }) => type === "append" },
            signal,
          );
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}

/** A synthesizer whose answers have this fault now and then. */
export function faultySynthesizer(
  inner: Owned<SpeechSynthesizer>,
  parts: { readonly fault: AnswerFault; readonly clock: Clock; readonly log: FaultLog },
): Owned<SpeechSynthesizer> {
  const answers = { count: 0 };
  return {
    ...inner,
    async open(options) {
      const session = await inner.open(options);
      return {
        format: session.format,
        speak: (text, how, signal) => {
          let givenMs = parts.clock.now();
          // Aside from the engine, which may not read on while it works: the text can be read several times.
          const note = async () => {
            for await (const _ of text) givenMs = parts.clock.now();
          };
          note().catch(() => {});
          return faulty(
            () => session.speak(text, how, signal),
            { ...parts, answers, givenMs: () => givenMs, isResult: ({ type }) => type === "frame" },
            signal,
          );
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}

/** The engine that stands in: notes when it is asked for what the first one left. */
export function noteAsked<Request extends readonly unknown[], Result>(
  ask: (...request: Request) => Result,
  { clock, log }: { readonly clock: Clock; readonly log: FaultLog },
): (...request: Request) => Result {
  return (...request) => {
    if (log.stalledSinceMs !== undefined) log.askedAfterMs.push(clock.now() - log.stalledSinceMs);
    log.stalledSinceMs = undefined;
    return ask(...request);
  };
}

async function* faulty<Event>(
  ask: () => AsyncIterable<Event>,
  { fault: { type, when, every }, clock, log, answers, givenMs, isResult }: {
    readonly fault: AnswerFault;
    readonly clock: Clock;
    readonly log: FaultLog;
    readonly answers: { count: number };
    readonly givenMs: () => number;
    readonly isResult: (event: Event) => boolean;
  },
  signal: AbortSignal,
): AsyncGenerator<Event> {
  answers.count += 1;
  const chosen = answers.count > every && answers.count % every === 0;
  let results = 0;
  for await (const event of ask()) {
    const result = isResult(event);
    if (chosen && result && results === (when === "before" ? 0 : 1)) break;
    if (result && results === 0) log.firstResultsMs.push(clock.now() - givenMs());
    if (result) results += 1;
    yield event;
  }
  if (!chosen) return;
  log.atMs.push(clock.now());
  if (type === "stalled") {
    log.stalledSinceMs = givenMs();
    await new Promise((_, reject) => {
      const onAbort = () => {
        // Somebody who does not want the answer any more asks nobody else for it.
        if (!(signal.reason instanceof PipelineError)) log.stalledSinceMs = undefined;
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }
  throw new PipelineError("unavailable", "Cannot answer: the simulated connection was lost");
}
