import type { Level } from "./level_meter.ts";

/** The name that the capture worklet registers. */
export const CAPTURE_PROCESSOR = "parley-capture";

/** What the page asks of the capture worklet. */
export interface CaptureOptions {
  /** Samples a second that are wanted. */
  readonly rate: number;
}

/** What the capture worklet says: samples, 20 ms of them, or a level. */
export type CaptureMessage =
  | { readonly type: "samples"; readonly samples: Int16Array<ArrayBuffer> }
  | { readonly type: "level"; readonly level: Level };
