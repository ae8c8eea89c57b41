import type { Continues, LanePosition } from "../protocol/client_message.ts";
import { Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { isAfter } from "../protocol/sequence.ts";

interface Arrival {
  /** Up to where audio has arrived; for Opus, the beginning of the last bundle. */
  position: number;
  /** The segment whose audio is arriving. */
  segment: number;
  /** The last segment that is over. */
  complete: number;
}

/** Remembers what has arrived in each lane, so that another instance can go on from there. */
export class Arrivals {
  readonly #lanes = new Map<number, Arrival>();

  /** Adds a lane that something is expected in. */
  expect(lane: number): void {
    this.#arrival(lane);
  }

  /** Takes note of audio. */
  note(message: PcmMessage | OpusMessage): void {
    const arrival = this.#arrival(message.lane);
    arrival.position = message.position + (message.type === "pcm" ? message.samples.length : 0);
    if (message.timing) arrival.segment = message.timing.segment;
    if ((message.flags & Flag.segmentEnd) !== 0) this.complete(message.lane, arrival.segment);
  }

  /** Takes note that nothing more comes of a segment in a lane. */
  complete(lane: number, segment: number): void {
    const arrival = this.#arrival(lane);
    if (isAfter(segment, arrival.complete)) arrival.complete = segment;
  }

  /** Where a session goes on whose next source sample is the one at `position`. */
  continues(position: number): Continues {
    const lanes: LanePosition[] = [];
    let segment: number | undefined;
    for (const [lane, arrival] of this.#lanes) {
      lanes.push({ lane, position: arrival.position >>> 0 });
      if (segment === undefined || isAfter(segment, arrival.complete)) segment = arrival.complete;
    }
    return { position: position >>> 0, segment: segment ?? 0, lanes };
  }

  #arrival(lane: number): Arrival {
    let arrival = this.#lanes.get(lane);
    if (!arrival) this.#lanes.set(lane, arrival = { position: 0, segment: 0, complete: 0 });
    return arrival;
  }
}
