import type { Frame } from "../../pipeline/audio.ts";
import type { HearingEvent } from "../../pipeline/ports.ts";

/** What a fake recognizer does with sound: synchronous, on media time alone. */
export interface Listener {
  /** How far it has listened, in source samples. */
  readonly heardTo: number;
  /** Everything before is final, whether that was reported or there was nothing to report. */
  readonly settledTo: number;
  /** Whether an utterance is open. */
  readonly speaking: boolean;
  /** Takes a piece of sound, up to the sample `to` where given; returns what there is to report. */
  hear(frame: Frame, to?: number): HearingEvent[];
  /** Makes everything that was heard so far final. */
  flush(): HearingEvent[];
  /** The sound has ended: reports what is left. */
  end(): HearingEvent[];
}
