import type { ContinuedLane, Continues } from "../protocol/client_message.ts";
import { Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { MAX_TOLD_SEGMENTS } from "../protocol/limits.ts";
import { isAfter } from "../protocol/sequence.ts";
import type { Segment } from "../protocol/server_message.ts";

interface Arrival {
  /** Up to where audio has arrived; for Opus, the beginning of the last bundle. */
  position: number;
  /** The segment whose audio is arriving, how many samples of it have, and whether that was all. */
  segment: number;
  samples: number;
  over: boolean;
  /** The last segment of which everything has arrived. */
  complete: number;
}

/** Remembers what has arrived in each lane, so that another instance can go on from there. */
export class Arrivals {
  readonly #lanes = new Map<number, Arrival>();
  #segments: Segment[] = [];

  /** Takes note of a segment that was cut. */
  cut(segment: Segment): void {
    this.#segments.push(segment);
    if (this.#segments.length > MAX_TOLD_SEGMENTS) this.#segments.shift();
  }

  /** Takes note of a new lane: it has nothing to do with the segments that were cut before, but for one that it has begun. */
  join(lane: number): void {
    const { segment } = this.#arrival(lane);
    this.complete(lane, segment > 0 ? segment - 1 : this.#segments.at(-1)?.segment ?? 0);
  }

  /** Takes note of audio; returns false for an end that has arrived before. */
  note(message: PcmMessage | OpusMessage): boolean {
    const arrival = this.#arrival(message.lane);
    const { position, timing, flags } = message;
    const samples = message.type === "pcm" ? message.samples.length : 0;
    arrival.position = position + samples;
    if (timing) {
      arrival.segment = timing.segment;
      arrival.samples = 0;
      arrival.over = false;
    }
    arrival.samples += samples;
    if ((flags & Flag.segmentEnd) === 0) return true;
    const isNew = samples > 0 || !arrival.over;
    arrival.over = true;
    return isNew;
  }

  /** Takes note that nothing more comes of the segments up to this one in a lane; they may still have to be cut. */
  complete(lane: number, segment: number): void {
    const arrival = this.#arrival(lane);
    arrival.complete = Math.max(arrival.complete, segment);
  }

  /** Where a session with these lanes goes on whose next source sample is the one at `position`, and that is settled up to `settled`. */
  continues(position: number, settled: number, lanes: readonly number[]): Continues {
    let segment = this.#segments.at(-1)?.segment ?? 0;
    const continued = lanes.map((lane): ContinuedLane => {
      const { position, segment: last, samples, complete } = this.#arrival(lane);
      segment = Math.min(segment, complete);
      const heard = this.#segments.findLast((one) => one.segment <= complete)?.end ?? 0;
      return { lane, position: position >>> 0, heard, begun: last > complete ? samples : 0 };
    });
    const told = this.#segments.filter((one) => one.segment > segment).map(
      ({ utterance, start, end, text, language }) => ({ utterance, start, end, text, language }),
    );
    return {
      position,
      segment,
      utterance: this.#utteranceBefore(settled),
      lane: Math.max(0, ...this.#lanes.keys()),
      lanes: continued,
      told,
    };
  }

  /** The last utterance that is over at a place on the source clock, as far as the segments tell. */
  #utteranceBefore(position: number): number {
    const next = this.#segments.find(({ end }) => isAfter(end, position));
    return next ? next.utterance - 1 : this.#segments.at(-1)?.utterance ?? 0;
  }

  #arrival(lane: number): Arrival {
    let arrival = this.#lanes.get(lane);
    if (!arrival) {
      arrival = { position: 0, segment: 0, samples: 0, over: false, complete: 0 };
      this.#lanes.set(lane, arrival);
    }
    return arrival;
  }
}
