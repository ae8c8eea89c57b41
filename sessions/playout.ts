import { isAfter } from "../protocol/sequence.ts";

/** So many segments of a lane are remembered: more than a listener keeps waiting. */
const limit = 64;

interface Spoken {
  /** Where its speech begins on the lane's clock, modulo 2³². */
  readonly position: number;
  /** Where its source ends, in ms. */
  readonly endMs: number;
}

/** Finds out from what a client says was heard how late its listener really is: what waits at the client counts, which no other timing knows of. */
export class Playout {
  readonly #lanes = new Map<number, Spoken[]>();
  #lagMs: number | undefined;

  /** From the end of a segment's source to the start of its playout, of the segment that was heard last, in ms; `undefined` before any was. */
  get lagMs(): number | undefined {
    return this.#lagMs;
  }

  /** A segment is spoken from `position` of a lane on; its source ends at `endMs`. */
  speak(lane: number, position: number, endMs: number): void {
    const spoken = this.#lanes.get(lane) ?? [];
    spoken.push({ position: position >>> 0, endMs });
    if (spoken.length > limit) spoken.shift();
    this.#lanes.set(lane, spoken);
  }

  /**
   * A lane was heard up to `position`, when so much of the source had come in.
   *
   * @param rate samples a second of the lane.
   */
  hear(lane: number, position: number, rate: number, sourceMs: number): void {
    const spoken = this.#lanes.get(lane);
    while (spoken && spoken.length > 1 && isAfter(position, spoken[1]!.position)) spoken.shift();
    const segment = spoken?.[0];
    if (!segment || !isAfter(position, segment.position)) return;
    const heardMs = ((position - segment.position) >>> 0) * 1000 / rate;
    this.#lagMs = Math.max(0, sourceMs - heardMs - segment.endMs);
  }
}
