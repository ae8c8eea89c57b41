import type { ContinuedLane, Continues } from "../protocol/client_message.ts";
import { Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { isAfter } from "../protocol/sequence.ts";
import type { Segment } from "../protocol/server_message.ts";

/** So many segments are remembered: more than are ever on their way at once. */
const segmentLimit = 64;

interface Arrival {
  /** Up to where audio has arrived; for Opus, the beginning of the last bundle. */
  position: number;
  /** The segment whose audio is arriving, how many samples of it have, and whether that was all. */
  segment: number;
  samples: number;
  over: boolean;
  /** The last segment of which everything has arrived, and the end of its source. */
  complete: number;
  heard: number | undefined;
}

/** Remembers what has arrived in each lane, so that another instance can go on from there. */
export class Arrivals {
  readonly #lanes = new Map<number, Arrival>();
  #segments: Segment[] = [];

  /** Takes note of a segment that was cut; one that is cut again replaces the one before. */
  cut(segment: Segment): void {
    const known = this.#segments.findIndex((one) => one.segment === segment.segment);
    this.#segments.splice(known < 0 ? this.#segments.length : known, 1, segment);
    if (this.#segments.length > segmentLimit) this.#segments.shift();
  }

  /** Takes note of audio; returns false for an end that has arrived before. */
  note(message: PcmMessage | OpusMessage): boolean {
    const arrival = this.#arrival(message.lane);
    const samples = message.type === "pcm" ? message.samples.length : 0;
    arrival.position = message.position + samples;
    if (message.timing) {
      arrival.segment = message.timing.segment;
      arrival.samples = 0;
      arrival.over = false;
    }
    arrival.samples += samples;
    const end = (message.flags & Flag.segmentEnd) !== 0;
    const known = end && samples === 0 && arrival.over;
    if (end) arrival.over = true;
    return !known;
  }

  /** Takes note that nothing more comes of a segment in a lane; returns false when that is known. */
  complete(lane: number, segment: number): boolean {
    const arrival = this.#arrival(lane);
    if (!isAfter(segment, arrival.complete)) return false;
    arrival.complete = segment;
    arrival.heard = this.#segments.find((one) => one.segment === segment)?.end ?? arrival.heard;
    return true;
  }

  /** Where a session with these lanes goes on whose next source sample is the one at `position`, and that is settled up to `settled`. */
  continues(position: number, settled: number, lanes: readonly number[]): Continues {
    let segment: number | undefined;
    const continued = lanes.map((lane): ContinuedLane => {
      const { position, segment: last, samples, complete, heard } = this.#arrival(lane);
      if (segment === undefined || isAfter(segment, complete)) segment = complete;
      const begun = isAfter(last, complete) ? samples : 0;
      return {
        lane,
        position: position >>> 0,
        ...(heard === undefined ? {} : { heard }),
        ...(begun === 0 ? {} : { begun }),
      };
    });
    return { position, segment: segment ?? 0, utterance: this.#utteranceBefore(settled), lanes: continued };
  }

  /** The last utterance that is over at a place on the source clock, as far as the segments tell. */
  #utteranceBefore(position: number): number {
    const next = this.#segments.find(({ end }) => isAfter(end, position));
    return next ? next.utterance - 1 : this.#segments.at(-1)?.utterance ?? 0;
  }

  #arrival(lane: number): Arrival {
    let arrival = this.#lanes.get(lane);
    if (!arrival) {
      arrival = { position: 0, segment: 0, samples: 0, over: false, complete: 0, heard: undefined };
      this.#lanes.set(lane, arrival);
    }
    return arrival;
  }
}
