import type { Clock } from "../flow/clock.ts";
import type {
  MessageCounts,
  SessionObserver,
  SessionView,
  SessionWatch,
  Transport,
} from "../sessions/observer.ts";
import type { Reading } from "./definition.ts";
import type { Exits } from "./exits.ts";
import type { Log } from "./log.ts";
import { type SessionMetrics, sessionMetrics } from "./session_metrics.ts";
import type { SpanOptions } from "./spans.ts";
import { WatchedSession } from "./watched_session.ts";

/** What {@linkcode WatchedSessions} are made of. */
export interface WatchedSessionsParts {
  readonly exits: Exits;
  readonly spans: SpanOptions;
  readonly clock: Clock;
  readonly log: Log;
}

const transports: readonly Transport[] = ["stream", "translate", "legacy"];

/** Counts and measures all sessions. What is counted per message is read from the sessions when somebody asks, and kept when they end. */
export class WatchedSessions implements SessionObserver {
  readonly metrics: SessionMetrics;
  readonly #parts: WatchedSessionsParts;
  readonly #live = new Set<WatchedSession>();
  /** What the sessions that are over have counted. */
  readonly #past = { audioIn: 0, audioOut: 0, textIn: 0, textOut: 0, audioBytesIn: 0, audioBytesOut: 0 };
  #pastSourceMs = 0;
  #peak = 0;

  constructor(parts: WatchedSessionsParts) {
    const { exits } = parts;
    this.#parts = parts;
    this.metrics = sessionMetrics(exits);
    exits.read("live", () => transports.map((transport) => reading(this.#count(transport), { transport })));
    exits.read("peak", () => [reading(this.#peak)]);
    exits.read("segmentsWaiting", () => [reading(this.segmentsWaiting)]);
    exits.read("sourceAudio", () => [reading(this.sourceMs / 1000)]);
    exits.read("inputWaiting", () => this.#waiting((view) => view.inputWaitingMs / 1000));
    exits.read("listenerLag", () => this.#listenerLag());
    exits.read("outputWaiting", () => this.#waiting((view) => view.outputWaitingBytes));
    exits.read("messages", () => {
      const { audioIn, audioOut, textIn, textOut } = this.messages;
      return [
        reading(audioIn, { direction: "in", kind: "audio" }),
        reading(textIn, { direction: "in", kind: "text" }),
        reading(audioOut, { direction: "out", kind: "audio" }),
        reading(textOut, { direction: "out", kind: "text" }),
      ];
    });
    exits.read("audioBytes", () => {
      const { audioBytesIn, audioBytesOut } = this.messages;
      return [reading(audioBytesIn, { direction: "in" }), reading(audioBytesOut, { direction: "out" })];
    });
  }

  started(view: SessionView): SessionWatch {
    const { metrics } = this;
    const { spans, clock, log } = this.#parts;
    const session = new WatchedSession({
      view,
      metrics,
      spans,
      clock,
      log,
      onEnd: (session) => this.#ended(session),
    });
    this.#live.add(session);
    this.#peak = Math.max(this.#peak, this.#live.size);
    return session;
  }

  refused(kind: string): void {
    this.metrics.refused.add({ kind });
    this.#parts.log.warn("session refused", { kind });
  }

  /** How many sessions run. */
  get live(): number {
    return this.#live.size;
  }

  /** How many ran at once at most. */
  get peak(): number {
    return this.#peak;
  }

  /** How many segments were cut that lanes are not done with. */
  get segmentsWaiting(): number {
    let waiting = 0;
    for (const session of this.#live) waiting += session.segmentsWaiting;
    return waiting;
  }

  /** How much source audio has come in, in ms. */
  get sourceMs(): number {
    let sum = this.#pastSourceMs;
    for (const { view } of this.#live) sum += view.sourceMs;
    return sum;
  }

  /** The messages of all sessions. */
  get messages(): MessageCounts {
    const sum = { ...this.#past };
    for (const { view } of this.#live) addCounts(sum, view.counts);
    return sum;
  }

  #ended(session: WatchedSession): void {
    this.#live.delete(session);
    addCounts(this.#past, session.view.counts);
    this.#pastSourceMs += session.view.sourceMs;
  }

  #count(transport: Transport): number {
    let count = 0;
    for (const { view } of this.#live) if (view.transport === transport) count += 1;
    return count;
  }

  #listenerLag(): readonly Reading[] {
    const lags: number[] = [];
    for (const { view: { listenerLagMs } } of this.#live) {
      if (listenerLagMs !== undefined) lags.push(listenerLagMs / 1000);
    }
    if (lags.length === 0) return [];
    const mean = lags.reduce((sum, lag) => sum + lag) / lags.length;
    return [reading(mean, { of: "mean" }), reading(Math.max(...lags), { of: "worst" })];
  }

  #waiting(of: (view: SessionView) => number): readonly Reading[] {
    let sum = 0;
    let most = 0;
    for (const { view } of this.#live) {
      const amount = of(view);
      sum += amount;
      most = Math.max(most, amount);
    }
    return [reading(sum, { of: "all" }), reading(most, { of: "worst" })];
  }
}

function reading(value: number, labels: Readonly<Record<string, string>> = {}): Reading {
  return { labels, value };
}

function addCounts(sum: MessageCounts, counts: MessageCounts): void {
  sum.audioIn += counts.audioIn;
  sum.audioOut += counts.audioOut;
  sum.textIn += counts.textIn;
  sum.textOut += counts.textOut;
  sum.audioBytesIn += counts.audioBytesIn;
  sum.audioBytesOut += counts.audioBytesOut;
}
