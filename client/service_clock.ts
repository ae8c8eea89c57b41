import type { Pong } from "../protocol/server_message.ts";

interface Sample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

const kept = 8;

/** Learns from pings how far the service's clock is from ours: the quickest of the last eight round trips is trusted (RFC 5905, section 10). */
export class ServiceClock {
  #samples: Sample[] = [];

  /** Another service answers from here on. */
  reset(): void {
    this.#samples = [];
  }

  /** Takes in an answer that arrived at `nowMs` on our clock. */
  take({ t0, t1, t2 }: Pong, nowMs: number): void {
    const offsetMs = ((t1 - t0) + (t2 - nowMs)) / 2;
    const roundTripMs = Math.max(0, (nowMs - t0) - (t2 - t1));
    this.#samples = [...this.#samples.slice(1 - kept), { offsetMs, roundTripMs }];
  }

  /** The service's clock minus ours, in ms; `undefined` before the first answer. */
  get offsetMs(): number | undefined {
    return this.#best()?.offsetMs;
  }

  /** The quickest round trip lately, in ms, the service's own time not counted; `undefined` before the first answer. */
  get roundTripMs(): number | undefined {
    return this.#best()?.roundTripMs;
  }

  #best(): Sample | undefined {
    let best = this.#samples[0];
    for (const sample of this.#samples) if (best && sample.roundTripMs < best.roundTripMs) best = sample;
    return best;
  }
}
