import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { forever } from "./fault.ts";
import type { Random } from "./random.ts";

/** How often a simulated recognizer misbehaves. Shares are from 0 to 1; what is absent never happens. */
export interface HearingTrouble {
  /** Share of sessions that are refused when they are opened. */
  readonly refused?: number;
  /** Connections lost and silences, each in a minute of audio. */
  readonly dropsPerMinute?: number;
  readonly stallsPerMinute?: number;
  /** How long a silence lasts before the connection is lost, in ms; without end by default. */
  readonly stallMs?: number;
  /** Share of words that an interim hypothesis has wrong at first. */
  readonly misheard?: number;
  /** Share of utterances whose final hypothesis comes several times later than usual. */
  readonly late?: number;
  /** Share of utterances whose final hypothesis comes twice, which the port does not allow. */
  readonly duplicated?: number;
  /** Shares of utterances whose final hypothesis has no words, fewer words, or other words than the interim ones. */
  readonly empty?: number;
  readonly shorter?: number;
  readonly contradicting?: number;
  /** Share of utterances whose endpoint comes before their final hypothesis. */
  readonly endpointFirst?: number;
}

/** How often a simulated translator or synthesizer misbehaves: shares of requests from 0 to 1; what is absent never happens. */
export interface AnswerTrouble {
  /** Refused for coming too often, with the time to wait; sessions are refused when they are opened, too. */
  readonly refused?: number;
  /** The connection is lost, before or after the first result. */
  readonly dropped?: number;
  /** Nothing comes any more, before or after the first result, until the request is given up ... */
  readonly stalled?: number;
  /** ... or the connection is lost after so many ms; never by default. */
  readonly stallMs?: number;
  /** The first result comes many times later than usual. */
  readonly slow?: number;
  /** The answer is empty. */
  readonly empty?: number;
  /** The answer comes in pieces of odd sizes, empty ones among them. */
  readonly odd?: number;
}

/** What goes wrong at each stage. */
export interface Trouble {
  readonly stt?: HearingTrouble;
  readonly mt?: AnswerTrouble;
  readonly tts?: AnswerTrouble;
}

/** What is going to happen to one request. */
export interface Fate {
  /** What happens after so many events of the answer; the answer is whole when absent. */
  readonly end?: { readonly type: "dropped" | "stalled"; readonly afterEvents: number };
  readonly refused: boolean;
  readonly slow: boolean;
  readonly empty: boolean;
  readonly odd: boolean;
}

/** How much longer than usual a slow answer or a late hypothesis takes. */
const delayFactors = { min: 3, max: 10 };
const longestAnswer = 12;

/** Decides what is going to happen to a request. */
export function drawFate(trouble: AnswerTrouble, random: Random): Fate {
  const { refused = 0, dropped = 0, stalled = 0, slow = 0, empty = 0, odd = 0 } = trouble;
  const type = random.chance(dropped) ? "dropped" : random.chance(stalled) ? "stalled" : undefined;
  // Half of what goes wrong does so before the first result.
  const afterEvents = random.chance(0.5) ? 0 : random.whole(1, longestAnswer);
  return {
    ...(type === undefined ? {} : { end: { type, afterEvents } }),
    refused: random.chance(refused),
    slow: random.chance(slow),
    empty: random.chance(empty),
    odd: random.chance(odd),
  };
}

/** How many times longer than usual something takes that is late. */
export function drawDelayFactor(random: Random): number {
  return random.between(delayFactors.min, delayFactors.max);
}

/** A silence that lasts so long, on the clock; without end where no time is given. */
export function silence(
  stallMs: number | undefined,
  clock: Clock,
): (signal: AbortSignal) => Promise<void> {
  return stallMs === undefined ? forever : (signal) => clock.sleep(stallMs, signal);
}

/** What a provider says that is asked too often. */
export function refusal(what: string, random: Random): PipelineError {
  const retryAfterMs = random.whole(200, 2000);
  return new PipelineError("rate_limited", `${what}: the simulated provider is asked too often`, {
    retryAfterMs,
  });
}

/** What ends an answer too early. */
export interface Ending {
  readonly fate: Fate;
  /** Lasts as long as a stall does. */
  readonly silence: (signal: AbortSignal) => Promise<void>;
  /** What fails, for the message. */
  readonly what: string;
}

/**
 * The events as they come, until fate ends them: with an error, or with a silence and then an error.
 *
 * @throws {PipelineError} of kind `unavailable`, and `signal.reason` when the signal aborts.
 */
export async function* suffer<T>(
  events: AsyncIterable<T>,
  { fate: { end }, silence, what }: Ending,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  let left = end?.afterEvents ?? Infinity;
  if (left > 0) {
    for await (const event of events) {
      yield event;
      left -= 1;
      if (left === 0) break;
    }
  }
  if (!end) return;
  if (end.type === "stalled") await silence(signal);
  throw new PipelineError("unavailable", `${what}: the simulated connection was lost`);
}
