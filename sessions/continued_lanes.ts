import { type Audio, durationMs } from "../pipeline/audio.ts";
import type { LaneDescription, SessionEvent, SpeechPiece } from "../pipeline/session_event.ts";
import type { ContinuedLane } from "../protocol/client_message.ts";

/** How long a packet is, in samples at 48 kHz: 20 ms, what every provider sends. */
const packetSamples = 960;

interface Lane {
  /** The number that the client knows. */
  readonly number: number;
  /** Up to where the client has everything, in ms of the source. */
  readonly heardMs: number;
  /** How many samples of the first segment the client has, how many of them are still to be left out, and which segment that is. */
  readonly begun: number;
  left: number;
  segment: number | undefined;
  /** Where the next sample goes on the lane's clock. */
  position: number;
}

/** The lanes of a session that goes on from another one: tells what an interpretation reports without what the client has already. */
export class ContinuedLanes {
  /** By the numbers of the interpretation, from 1. */
  readonly #lanes: Lane[];
  /** The middles of the segments that some lanes may have had, in ms of the source. */
  readonly #middles = new Map<number, number>();
  readonly #latestHeardMs: number;

  /** @param rate samples a second of the source, as the client counts them. */
  constructor(lanes: readonly ContinuedLane[], rate: number) {
    this.#lanes = lanes.map(({ lane, position, heard = 0, begun = 0 }) => ({
      number: lane,
      heardMs: durationMs(heard, rate),
      begun,
      left: begun,
      segment: undefined,
      position,
    }));
    this.#latestHeardMs = Math.max(0, ...this.#lanes.map(({ heardMs }) => heardMs));
  }

  /** What the client is to be told of an event; `undefined` when it knows. */
  tell(event: SessionEvent): SessionEvent | undefined {
    switch (event.type) {
      case "ready":
      case "lanes":
        return { ...event, lanes: event.lanes.map((lane) => this.#numbered(lane)) };
      case "segment":
        this.#cut(event.segment.segment, (event.segment.startMs + event.segment.endMs) / 2);
        return event;
      case "speech":
        return this.#speak(event);
      case "caption":
        return event.lane === 0 ? event : this.#about(event, event.lane, event.segment);
      case "spoken":
      case "skipped":
        return this.#about(event, event.lane, event.segment);
      case "failed":
        return event.lane === undefined || event.segment === undefined
          ? event
          : this.#about({ ...event, lane: event.lane }, event.lane, event.segment);
      case "cancelled":
      case "guessed":
        return { ...event, lane: this.#lane(event.lane).number };
      default:
        return event;
    }
  }

  /** The interpretation's number of a lane that the client names. */
  inside(number: number): number {
    const index = this.#lanes.findIndex((lane) => lane.number === number);
    return index < 0 ? number : index + 1;
  }

  /** The client's number of a lane of the interpretation. */
  outside(inside: number): number {
    return this.#lane(inside).number;
  }

  #numbered(lane: LaneDescription): LaneDescription {
    return { ...lane, lane: this.#lane(lane.lane).number };
  }

  /** The lane of an interpretation's number; one that came later gets the next number that was never used. */
  #lane(inside: number): Lane {
    while (this.#lanes.length < inside) {
      const number = 1 + Math.max(0, ...this.#lanes.map(({ number }) => number));
      this.#lanes.push({ number, heardMs: 0, begun: 0, left: 0, segment: undefined, position: 0 });
    }
    return this.#lanes[inside - 1]!;
  }

  #cut(segment: number, middleMs: number): void {
    if (middleMs < this.#latestHeardMs) this.#middles.set(segment, middleMs);
  }

  #isKnown(lane: Lane, segment: number): boolean {
    const middleMs = this.#middles.get(segment);
    return middleMs !== undefined && middleMs < lane.heardMs;
  }

  #about<Event extends SessionEvent & { readonly lane: number }>(
    event: Event,
    inside: number,
    segment: number,
  ): Event | undefined {
    const lane = this.#lane(inside);
    return this.#isKnown(lane, segment) ? undefined : { ...event, lane: lane.number };
  }

  #speak(piece: SpeechPiece): SpeechPiece | undefined {
    const lane = this.#lane(piece.lane);
    const { segment } = piece.segment;
    if (this.#isKnown(lane, segment)) return undefined;
    lane.segment ??= segment;
    const goesOn = lane.begun > 0 && lane.segment === segment;
    const audio = goesOn ? restOf(piece.audio, lane) : piece.audio;
    const length = lengthOf(audio);
    if (goesOn && length === 0 && !piece.last) return undefined;
    const { position } = lane;
    lane.position += length;
    return { ...piece, lane: lane.number, audio: { ...audio, position }, first: piece.first && !goesOn };
  }
}

/** A piece without what the client has of it. */
function restOf(audio: Audio, lane: Lane): Audio {
  const had = Math.min(lane.left, lengthOf(audio));
  lane.left -= had;
  return audio.type === "frame"
    ? { ...audio, samples: audio.samples.subarray(had) }
    : { ...audio, packets: audio.packets.slice(Math.ceil(had / packetSamples)) };
}

function lengthOf(audio: Audio): number {
  return audio.type === "frame" ? audio.samples.length : audio.packets.length * packetSamples;
}
