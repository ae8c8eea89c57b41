import { LinkedAbort } from "../../flow/linked_abort.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type {
  Hearing,
  HearingEvent,
  Input,
  Opening,
  RecognizerOptions,
  RecognizerTraits,
  SpeechRecognizer,
} from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { mostHopeful } from "./outcome.ts";
import { castRecognizers, recognizersTogether } from "./recognizer_traits.ts";
import { Retries } from "./retries.ts";
import { openRetrying, pauseBeforeRetry, type RetryingOptions } from "./retrying.ts";
import { Splice } from "./splice.ts";
import { Standby } from "./standby.ts";
import { Tape } from "../tape.ts";

/** How much audio that is not final is kept to be heard again, in ms of media time. */
const tapeMs = 15_000;
/** How long a recognizer that failed is left alone before it is tried again while another one hears, in ms. */
const recoveryMs = 10_000;
/** How often, in a row and without having heard anything new, a hearing may be begun anew. */
const attempts = 6;
const patienceMs = 15_000;

/** A recognizer at work: its place in the chain and its session. */
export interface AtWork {
  readonly index: number;
  readonly hearing: Hearing;
}

/**
 * Recognizers as one: when the one at work fails, another one, or the same one anew, hears again what is not final yet and goes on. Numbers, positions and
 * words go on as if there had been one. Between two utterances the work goes back to a recognizer that is higher in the chain and well again.
 *
 * Recognizers that do not know the languages of a session, or do not take its format, have no part in it.
 */
export function fallbackRecognizer(
  engines: readonly [Owned<SpeechRecognizer>, ...Owned<SpeechRecognizer>[]],
  options: RetryingOptions,
): Owned<SpeechRecognizer> {
  const name = engines.map((engine) => engine.name).join(",");
  const lifetime = new Lifetime(`recognizers ${name}`);
  let traits: RecognizerTraits | undefined;
  const together = () => traits ??= recognizersTogether(engines.map(({ traits }) => traits));
  return {
    name,
    get traits() {
      return together();
    },
    async open(wanted) {
      lifetime.check();
      wanted.signal.throwIfAborted();
      const cast = castRecognizers(engines.map(({ traits }) => traits), wanted).map((index) =>
        engines[index]!
      );
      const { stableAfterMs } = together();
      const crew = new RelayOfHearings({ name, cast, wanted, stableAfterMs, options, engine: lifetime });
      using either = new LinkedAbort(wanted.signal, lifetime.signal);
      const { signal } = either;
      await openRetrying({ stage: "stt", name }, options, signal, () => crew.open(signal)).catch((error) => {
        throw wanted.signal.aborted ? wanted.signal.reason : error;
      });
      return crew;
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    },
  };
}

interface Parts {
  readonly name: string;
  readonly cast: readonly Owned<SpeechRecognizer>[];
  readonly wanted: RecognizerOptions & Opening;
  readonly stableAfterMs: number;
  readonly options: RetryingOptions;
  readonly engine: Lifetime;
}

/** One source heard by one recognizer after the other. */
class RelayOfHearings implements Hearing {
  readonly #parts: Parts;
  readonly #lifetime: Lifetime;
  readonly #splice: Splice;
  #first: AtWork | undefined;
  #begun = false;
  /** Recognizers that failed for a reason that does not pass. */
  readonly #unfit = new Set<number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#lifetime = new Lifetime(`hearing of ${parts.name}`);
    const { languages, format: { rate } } = parts.wanted;
    this.#splice = new Splice({ rate, stableAfterMs: parts.stableAfterMs, language: languages[0] ?? "und" });
  }

  /** Opens a session of the first recognizer that has one. */
  async open(signal: AbortSignal): Promise<void> {
    this.#first = await this.#openOneOf(this.#order(), signal);
  }

  async *hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    this.#parts.engine.check();
    this.#lifetime.check();
    if (this.#begun) throw new TypeError("Cannot hear twice: open another session");
    this.#begun = true;
    const tape = new Tape(input, Math.ceil(tapeMs * this.#parts.wanted.format.rate / 1000));
    // A failure of the input ends everything with its own reason: it is no failure of a recognizer.
    using either = new LinkedAbort(outer, this.#lifetime.signal, this.#parts.engine.signal, tape.failed);
    const { signal } = either;
    signal.throwIfAborted();
    let atWork = this.#first;
    this.#first = undefined;
    let last = atWork?.index;
    const failures = new FailuresInARow(this.#parts);
    try {
      while (true) {
        try {
          atWork ??= await this.#openOneOf(this.#order(last), signal);
          if (last !== undefined && last !== atWork.index) this.#tellSwitch(last, atWork.index, "failed");
          last = atWork.index;
          atWork = yield* this.#hearWith(atWork, tape, signal);
          if (!atWork) return;
          this.#tellSwitch(last, atWork.index, "recovered");
          last = atWork.index;
        } catch (error) {
          signal.throwIfAborted();
          if (atWork && !mayPass(error)) this.#unfit.add(atWork.index);
          atWork = undefined;
          const fit = this.#order().length;
          if (fit === 0) throw error;
          await failures.pause(error, { recognizers: fit, heardTo: this.#splice.heardTo }, signal);
        }
      }
    } finally {
      tape.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    const first = this.#first;
    this.#first = undefined;
    await first?.hearing[Symbol.asyncDispose]();
  }

  /**
   * Hears with one recognizer until the input ends, or until one that is preferred to it is ready to take over.
   *
   * @returns the one that takes over, if any.
   */
  async *#hearWith(
    { index, hearing }: AtWork,
    tape: Tape,
    signal: AbortSignal,
  ): AsyncGenerator<HearingEvent, AtWork | undefined> {
    const preferred = this.#order().filter((other) => other < index);
    const { clock } = this.#parts.options;
    try {
      await using standby = new Standby({
        clock,
        afterMs: recoveryMs,
        ...(preferred.length === 0 ? {} : { open: (signal) => this.#openOneOf(preferred, signal) }),
      });
      for await (const event of hearing.hear(tape.read(signal), signal)) {
        if (event.type === "flushed") tape.answered(event.id);
        for (const reported of this.#splice.take(event)) {
          yield reported;
          signal.throwIfAborted();
        }
        tape.forget(this.#splice.settledTo);
        const better = this.#splice.between ? standby.take() : undefined;
        if (better) return better;
      }
      if (!tape.ended) {
        const { name } = this.#parts.cast[index]!;
        throw new PipelineError("unavailable", `Cannot hear with ${name}: it ended before its input did`);
      }
      yield* this.#splice.end();
      return undefined;
    } finally {
      this.#splice.switchOver();
      await hearing[Symbol.asyncDispose]();
    }
  }

  /** The recognizers that may serve, in the order of preference; the one that failed last comes last. */
  #order(failed?: number): readonly number[] {
    const fit = [...this.#parts.cast.keys()].filter((index) => !this.#unfit.has(index));
    return [...fit.filter((index) => index !== failed), ...fit.filter((index) => index === failed)];
  }

  async #openOneOf(order: readonly number[], signal: AbortSignal): Promise<AtWork> {
    const { cast, wanted } = this.#parts;
    const errors: unknown[] = [];
    for (const index of order) {
      try {
        return { index, hearing: await cast[index]!.open({ ...wanted, signal }) };
      } catch (error) {
        signal.throwIfAborted();
        errors.push(error);
      }
    }
    throw mostHopeful(errors);
  }

  #tellSwitch(from: number, to: number, why: "failed" | "recovered"): void {
    const { cast, options } = this.#parts;
    options.observe({ type: "switch", stage: "stt", from: cast[from]!.name, to: cast[to]!.name, why });
  }
}

/** Decides how to go on after failures between which nothing new was heard: at once while there is a recognizer that had no turn, then after pauses. */
class FailuresInARow {
  readonly #parts: Parts;
  #count = 0;
  #retries: Retries | undefined;
  #heardTo = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Waits until it is time for the next attempt; rejects with the error when it is to be given up. */
  async pause(
    error: unknown,
    { recognizers, heardTo }: { readonly recognizers: number; readonly heardTo: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { name, options } = this.#parts;
    if (heardTo > this.#heardTo) {
      this.#heardTo = heardTo;
      this.#count = 0;
      this.#retries = undefined;
    }
    this.#count += 1;
    if (this.#count < recognizers) return;
    this.#retries ??= new Retries({ ...options, attempts, patienceMs });
    const who = { stage: "stt", engine: name, operation: "hear" } as const;
    await pauseBeforeRetry(error, this.#retries, who, options, signal);
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof PipelineError && error.retryable;
}
