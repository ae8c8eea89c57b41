import type { Clock } from "../flow/clock.ts";
import { Queue } from "../flow/queue.ts";
import { together } from "../flow/together.ts";
import type { Format } from "./audio.ts";
import { PipelineError } from "./error.ts";
import { Lanes } from "./lanes.ts";
import type { LanguageTag } from "./language.ts";
import { type CutSegment, listen } from "./listen.ts";
import { Opened } from "./opened.ts";
import { ownTargets } from "./own_target.ts";
import type {
  Glossary,
  Hearing,
  Input,
  SpeechRecognizer,
  SpeechSynthesizer,
  Traced,
  Translator,
} from "./ports.ts";
import type { SessionEvent } from "./session_event.ts";
import { Settlement } from "./stages/settle.ts";
import { Arrivals } from "./timing.ts";

/** The engines that interpret, and the clock that times them. */
export interface Services {
  readonly recognizer: SpeechRecognizer;
  readonly translator: Translator;
  readonly synthesizer: SpeechSynthesizer;
  readonly clock: Clock;
  /** Whether a translation may be asked for that may have to be thrown away: it costs. Always when absent. */
  mayGuess?(): boolean;
}

/** A segment of a lane, as work that belongs to a trace. */
export interface TracedWork {
  readonly lane: number;
  readonly segment: number;
  /** When the last of its speech came in, on the clock of the services. */
  readonly heardAtMs: number;
}

/** What one session wants. */
export interface SessionOptions {
  readonly source: LanguageTag;
  /** Target languages; each becomes a lane, numbered from 1 in this order. */
  readonly targets: readonly LanguageTag[];
  /** What the audio that comes in is like. */
  readonly input: Format;
  /** What the listener can take, best first. */
  readonly outputs: readonly Format[];
  readonly glossary: Glossary;
  /** Voices by target language, by the names that the synthesizer knows. */
  readonly voices?: Readonly<Record<LanguageTag, string>>;
  /** Where the counts begin, for a session that goes on from another one. */
  readonly firstSegment?: number;
  /** The segments from `firstSegment` on that the other one had cut; they are spoken as soon as there is input, or its end. */
  readonly cut?: readonly CutSegment[];
  /** Whether what comes of it may be kept, to be used again for others; true by default. */
  readonly retain?: boolean;
  /** The trace that a segment, or the session as a whole, belongs to; nobody records any when absent. */
  trace?(work?: TracedWork): Traced;
}

/** What can be asked of an interpretation while it runs. */
export type Control =
  /** Drops what lane `lane` has not spoken yet of the segments up to `through`. */
  | { readonly type: "cancel"; readonly lane: number; readonly through: number }
  /** Whether a lane is silent: it is translated and captioned, not spoken. */
  | { readonly type: "mute"; readonly lane: number; readonly muted: boolean }
  /** Other target languages from here on; as in {@linkcode SessionOptions}. */
  | { readonly type: "targets"; readonly targets: readonly LanguageTag[] };

/** An interpretation at work. */
export interface Interpretation {
  /**
   * What happens, in the order in which it has to reach the listener; ends after the last segment of the input was spoken. To be read once,
   * and to the end or until the signal aborts.
   *
   * @throws {PipelineError} when the recognizer cannot go on, or an engine cannot be opened.
   */
  readonly events: AsyncIterable<SessionEvent>;
  /**
   * Carries a command out; an event confirms a cancel and a change of the targets.
   *
   * @throws {RangeError} when there is no such lane.
   */
  control(command: Control, signal: AbortSignal): Promise<void>;
}

/** How many events wait for a reader before the pipeline waits for it. */
const eventLimit = 256;

/**
 * Interprets speech: hears it, commits what can be trusted, cuts it into clauses, and translates and speaks each clause in every target
 * language while the speaker goes on. Nothing outlives `signal`.
 */
export function interpret(
  input: AsyncIterable<Input>,
  services: Services,
  options: SessionOptions,
  signal: AbortSignal,
): Interpretation {
  const events = new Queue<SessionEvent>({ limit: eventLimit });
  const firstSegment = options.firstSegment ?? 1;
  const settlement = new Settlement(options.targets.map((_, index) => index + 1), firstSegment);
  const own = ownTargets(options, services.recognizer.traits);
  const lanes = new Lanes({ services, options, own, settlement, events });
  const arrivals = new Arrivals();

  const run = async (signal: AbortSignal) => {
    await using hearing = new Opened<Hearing>();
    await using _ = lanes;
    await together(signal, (signal) => lanes.open(signal), async (signal) => {
      const { source, input: format, glossary, retain = true } = options;
      const wanted = { languages: [source], format, glossary, ...(own.length === 0 ? {} : { targets: own }) };
      hearing.is(await services.recognizer.open({ ...wanted, ...options.trace?.(), retain, signal }));
    });
    await events.send({ type: "ready", lanes: lanes.descriptions }, signal);
    await together(signal, (signal) => hear(hearing.value, signal), (signal) => lanes.run(signal));
  };

  const hear = async (hearing: Hearing, signal: AbortSignal) => {
    const { source: language, input: { rate }, cut = [] } = options;
    const { stableAfterMs, translates } = services.recognizer.traits;
    const noted = noteArrivals(input, arrivals, services.clock);
    // Commands that come before the input, such as to be mute, hold for what was cut, too.
    const heard = hearing.hear(cut.length > 0 ? await beginning(noted) : noted, signal);
    for await (
      const item of listen(heard, {
        rate,
        stableAfterMs,
        firstSegment,
        cut,
        language,
        own,
        ownWithinMs: translates?.withinMs,
        arrivals,
        clock: services.clock,
      })
    ) {
      switch (item.type) {
        case "segment":
          await events.send({ type: "segment", segment: item.segment }, signal);
          await lanes.accept(item.segment, item, signal);
          break;
        case "cut":
          await lanes.resume(item.cut, services.clock.now(), signal);
          break;
        case "guess":
          lanes.guess(item.segment, item.text);
          break;
        case "share":
          await lanes.take(item.target, item.share, signal);
          break;
        case "checkpoint": {
          const settled = settlement.checkpoint(item.position, item.through);
          if (settled) await events.send({ type: "settled", ...settled }, signal);
          break;
        }
        default:
          await events.send(item, signal);
      }
    }
    lanes.close();
  };

  const read = async function* () {
    const stop = new AbortController();
    const running = run(AbortSignal.any([signal, stop.signal])).then(
      () => events.close(),
      (error) =>
        events.fail(signal.aborted ? signal.reason : PipelineError.from(error, "Interpreting failed")),
    );
    try {
      yield* events.items(signal);
    } finally {
      stop.abort(new DOMException("The reader of the events left", "AbortError"));
      await running;
    }
  };

  return {
    events: { [Symbol.asyncIterator]: read },
    async control(command, signal) {
      if (command.type === "targets") return await lanes.change(command.targets, signal);
      const lane = lanes.at(command.lane);
      if (!lane) {
        const numbers = lanes.descriptions.map(({ lane }) => lane).join(", ");
        throw new RangeError(`Cannot ${command.type}: lane ${command.lane}, expected one of ${numbers}`);
      }
      if (command.type === "cancel") await lane.cancel(command.through, signal);
      else lane.muted = command.muted;
    },
  };
}

/** Waits for the first item, or the end; gives all of them. */
async function beginning<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<T>> | undefined = iterator.next();
  await first;
  const next = () => {
    const result = first ?? iterator.next();
    first = undefined;
    return result;
  };
  const leave = () => iterator.return?.() ?? Promise.resolve({ done: true as const, value: undefined });
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}

/** Every piece of audio is noted as it is taken: not by a generator, which would cost it three promises. */
function noteArrivals(input: AsyncIterable<Input>, arrivals: Arrivals, clock: Clock): AsyncIterable<Input> {
  const note = (result: IteratorResult<Input>) => {
    if (!result.done && result.value.type === "frame") {
      arrivals.record(result.value.position + result.value.samples.length, clock.now());
    }
    return result;
  };
  return {
    [Symbol.asyncIterator]() {
      const iterator = input[Symbol.asyncIterator]();
      return {
        next: () => iterator.next().then(note),
        return: () => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined }),
      };
    },
  };
}
