import type { Clock } from "../../flow/clock.ts";
import type { Connections } from "../../pipeline/ports.ts";
import type { Concurrency } from "./concurrency.ts";

/** Options of {@linkcode HttpConnections}. */
export interface HttpConnectionsOptions {
  readonly clock: Clock;
  /** Each request holds a place. */
  readonly concurrency: Concurrency;
  /** How long a connection stays open on which nothing happens, in ms: 90,000 with the platform's `fetch`, 60,000 with many a server. */
  readonly idleMs?: number;
}

/** A request on its way. */
export interface HttpTurn {
  /** How long its place was waited for, in ms. */
  readonly waitedMs: number;
  /** Whether there was an open connection for it. */
  readonly reused: boolean;
  /** The request is over; `kept` when its answer was read to the end, so that its connection can be used again. To be called once. */
  end(kept: boolean): void;
}

/** Before this share of the silence that a connection survives has passed, something is asked over it. */
const refreshShare = 0.8;

/**
 * What is known of the connections to one provider that the platform's `fetch` keeps by itself: each serves one request at a time and is used again while it
 * is open (of HTTP/2, where one serves many, this says too little and never too much). Limits the requests of a key, and has a connection kept open through
 * the pauses of a session.
 */
export class HttpConnections {
  readonly #clock: Clock;
  readonly #concurrency: Concurrency;
  readonly #idleMs: number;
  /** When each idle connection was used last, the latest at the end: `fetch` takes that one. */
  readonly #idle: number[] = [];
  #busy = 0;
  #usedMs = -Infinity;

  constructor({ clock, concurrency, idleMs = 55_000 }: HttpConnectionsOptions) {
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#idleMs = idleMs;
  }

  /** How the connections are used just now. */
  get connections(): Connections {
    this.#forgetClosed();
    return { busy: this.#busy, idle: this.#idle.length, waiting: this.#concurrency.waiting };
  }

  /**
   * Takes a turn for a request, waiting in order while the key has no place.
   *
   * @throws {PipelineError} `concurrency` when none became free in time; `signal.reason` when the signal aborts.
   */
  async take(signal: AbortSignal): Promise<HttpTurn> {
    const place = await this.#concurrency.take(signal);
    this.#forgetClosed();
    const reused = this.#idle.pop() !== undefined;
    this.#busy += 1;
    return {
      waitedMs: place.waitedMs,
      reused,
      end: (kept) => {
        this.#busy -= 1;
        if (kept) this.#idle.push(this.#usedMs = this.#clock.now());
        place[Symbol.dispose]();
      },
    };
  }

  /** Keeps a connection open by `refresh`, which makes the smallest request, whenever none was made for long; until the signal aborts. Never rejects. */
  async keepOpen(refresh: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<void> {
    let triedMs = this.#clock.now();
    while (true) {
      const dueMs = Math.max(triedMs, this.#usedMs) + this.#idleMs * refreshShare;
      try {
        await this.#clock.sleep(dueMs - this.#clock.now(), signal);
      } catch {
        return;
      }
      const silentMs = this.#clock.now() - this.#usedMs;
      if (silentMs < this.#idleMs * refreshShare) continue;
      triedMs = this.#clock.now();
      if (this.#busy > 0) continue;
      // A provider that does not answer is found out by the next text.
      await refresh(signal).catch(() => {});
    }
  }

  #forgetClosed(): void {
    const since = this.#clock.now() - this.#idleMs;
    while (this.#idle.length > 0 && this.#idle[0]! <= since) this.#idle.shift();
  }
}
