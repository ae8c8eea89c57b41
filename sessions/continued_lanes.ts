import { type Audio, durationMs } from "../pipeline/audio.ts";
import type { LaneDescription, SessionEvent, SpeechPiece } from "../pipeline/session_event.ts";
import type { Segment } from "../pipeline/stages/segment.ts";
import { Ledger } from "../pipeline/timing.ts";
import type { ContinuedLane } from "../protocol/client_message.ts";

const noSamples = new Int16Array(0);
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
  /** Whether the client has the beginning of its speech and not the end. */
  open: boolean;
  /** Where the next sample goes on the lane's clock. */
  position: number;
}

/** The lanes of a session that goes on from another one: tells what an interpretation reports without what the client has already. */
export class ContinuedLanes {
  /** By the numbers of the interpretation, from 1. */
  readonly #lanes: Lane[];
  readonly #told: readonly Segment[];
  /** The middles of the segments that some lanes may have had, in ms of the source. */
  readonly #middles = new Map<number, number>();
  readonly #latestHeardMs: number;
  readonly #lastNumber: number;

  /**
   * @param rate samples a second of the source, as the client counts them.
   * @param told the segments that the client was told and that are not over in every lane.
   * @param lastNumber the highest that a lane has had, those that are gone among them.
   */
  constructor(lanes: readonly ContinuedLane[], rate: number, told: readonly Segment[] = [], lastNumber = 0) {
    this.#lastNumber = lastNumber;
    this.#lanes = lanes.map(({ lane, position, heard = 0, begun = 0 }) => ({
      number: lane,
      heardMs: durationMs(heard, rate),
      begun,
      left: begun,
      segment: undefined,
      open: begun > 0,
      position,
    }));
    this.#latestHeardMs = Math.max(0, ...this.#lanes.map(({ heardMs }) => heardMs));
    this.#told = told;
    for (const { segment, startMs, endMs } of told) this.#cut(segment, (startMs + endMs) / 2);
    for (const lane of this.#lanes) {
      if (lane.begun > 0) lane.segment = told.find(({ segment }) => !this.#isKnown(lane, segment))?.segment;
    }
  }

  /** Whether the client has everything of a segment in a lane of the interpretation. */
  knows(inside: number, segment: number): boolean {
    return this.#isKnown(this.#lane(inside), segment);
  }

  /** The end of a speech that the client has the beginning of, when the event is that no more of it comes. */
  closing(event: SessionEvent): SpeechPiece | undefined {
    if (event.type !== "skipped" && event.type !== "failed" || event.lane === undefined) return undefined;
    const lane = this.#lane(event.lane);
    const segment = this.#told.find(({ segment }) => segment === event.segment);
    if (!segment || !lane.open || lane.segment !== event.segment) return undefined;
    lane.open = false;
    const audio: Audio = { type: "frame", rate: 0, position: lane.position, samples: noSamples };
    return {
      type: "speech",
      lane: lane.number,
      segment,
      audio,
      first: false,
      last: true,
      ledger: new Ledger(0, 0),
    };
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
      const number = 1 + Math.max(this.#lastNumber, ...this.#lanes.map(({ number }) => number));
      this.#lanes.push({
        number,
        heardMs: 0,
        begun: 0,
        left: 0,
        segment: undefined,
        open: false,
        position: 0,
      });
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
    if (goesOn && piece.last) lane.open = false;
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
