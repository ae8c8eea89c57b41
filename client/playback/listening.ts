import { isAfter } from "../../protocol/sequence.ts";
import type { Lane } from "../../protocol/server_message.ts";
import type { SpeechEvent } from "../interpret_event.ts";

/** What speaks one lane: a `Speaker`. */
export interface LaneSpeaker {
  setLane(lane: number, rate: number): void;
  speak(segment: number, piece: SpeechEvent): void;
  clear(): void;
}

/** Knows which lane is listened to, and passes what is wanted of its speech on. */
export class Listening {
  readonly #speaker: LaneSpeaker | undefined;
  /** Which segment's speech is arriving in a lane, and up to which it is not wanted. */
  readonly #arriving = new Map<number, number>();
  readonly #cancelled = new Map<number, number>();
  #lanes: readonly Lane[] = [];
  #lane = 1;

  constructor(speaker: LaneSpeaker | undefined, lanes: readonly Lane[]) {
    this.#speaker = speaker;
    this.lanes = lanes;
  }

  /** The lanes as they are now, with the source. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }
  set lanes(lanes: readonly Lane[]) {
    this.#lanes = lanes;
    const targets = this.targets();
    const kept = targets.find(({ lane }) => lane === this.#lane) ?? targets[0];
    if (kept) this.listen(kept.lane);
  }

  /** The lane of a target language, or all of them. */
  targets(lane?: number): readonly Lane[] {
    return this.#lanes.filter((one) => lane === undefined ? one.lane > 0 : one.lane === lane && lane > 0);
  }

  /** Listens to another lane; nothing changes when there is none of that number. */
  listen(lane: number): void {
    const wanted = this.targets(lane)[0];
    if (!wanted) return;
    this.#lane = lane;
    this.#speaker?.setLane(lane, wanted.rate);
  }

  /** Takes a piece of speech. */
  take(piece: SpeechEvent): void {
    const { lane, timing } = piece;
    if (timing) this.#arriving.set(lane, timing.segment);
    const segment = this.#arriving.get(lane);
    if (segment === undefined || lane !== this.#lane) return;
    const cancelled = this.#cancelled.get(lane);
    if (cancelled === undefined || isAfter(segment, cancelled)) this.#speaker?.speak(segment, piece);
  }

  /** Drops the speech of a lane: what is here, and what comes of the segments up to `through`. */
  cancel(lane: number, through: number): void {
    this.#cancelled.set(lane, through);
    this.silence(lane);
  }

  /** Drops the speech of a lane that is here. */
  silence(lane: number): void {
    if (lane === this.#lane) this.#speaker?.clear();
  }
}
