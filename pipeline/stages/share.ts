import type { Audio } from "../audio.ts";

/** What a segment gets of the work that a recognizer does itself for one target. */
export interface Share {
  readonly segment: number;
  /** Text to be appended, and what may follow and still change. */
  readonly append: string;
  readonly tentative: string;
  readonly audio?: Audio;
  /** Whether there is nothing more for this segment. */
  readonly over: boolean;
  /** Whether it got nothing, and nobody else got what it says: it has to be translated in another way. False by default. */
  readonly missing?: boolean;
}
