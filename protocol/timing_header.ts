import { ProtocolError } from "./error.ts";

/** What an end of a segment's audio says about where it comes from and how long it took: extension 1 of the binary header. */
export interface TimingHeader {
  readonly segment: number;
  /** The first and one past the last sample of the segment's speech, on the source clock. */
  readonly start: number;
  readonly end: number;
  /** How long each stage took, in ms up to 65,534; `undefined` when unknown or more. */
  readonly sttMs: number | undefined;
  readonly mtMs: number | undefined;
  readonly ttsMs: number | undefined;
  readonly queueMs: number | undefined;
  /** From the end of the segment's speech to its first translated audio byte. */
  readonly ttfabMs: number | undefined;
  /** The service's clock when the message was made, in ms modulo 2³²; its origin is arbitrary. */
  readonly clockMs: number;
}

/** The type byte of this extension. */
export const TIMING_TYPE = 1;

/** The 32-bit words that follow its first one. */
export const TIMING_WORDS = 6;

/** The bytes it takes in a header. */
export const TIMING_BYTES = 4 + 4 * TIMING_WORDS;

const UNKNOWN = 65_535;

/** Writes the extension at `offset`; it takes {@linkcode TIMING_BYTES}. Durations are rounded; below 0 they count as 0. */
export function writeTiming(view: DataView, offset: number, timing: TimingHeader): void {
  view.setUint8(offset, TIMING_TYPE);
  view.setUint8(offset + 1, TIMING_WORDS);
  view.setUint16(offset + 2, toWire(timing.ttfabMs), true);
  view.setUint32(offset + 4, timing.segment, true);
  view.setUint32(offset + 8, timing.start, true);
  view.setUint32(offset + 12, timing.end, true);
  view.setUint16(offset + 16, toWire(timing.sttMs), true);
  view.setUint16(offset + 18, toWire(timing.mtMs), true);
  view.setUint16(offset + 20, toWire(timing.ttsMs), true);
  view.setUint16(offset + 22, toWire(timing.queueMs), true);
  view.setUint32(offset + 24, Math.round(timing.clockMs), true);
}

/**
 * Reads the extension at `offset`, whose size byte was found to lie within the header. Further words belong to a later version and are
 * skipped.
 *
 * @throws {ProtocolError} when it has too few words.
 */
export function readTiming(view: DataView, offset: number): TimingHeader {
  const words = view.getUint8(offset + 1);
  if (words < TIMING_WORDS) {
    throw new ProtocolError(
      `Cannot read the timing header: it has ${words} words, expected at least ${TIMING_WORDS}`,
    );
  }
  return {
    segment: view.getUint32(offset + 4, true),
    start: view.getUint32(offset + 8, true),
    end: view.getUint32(offset + 12, true),
    sttMs: fromWire(view.getUint16(offset + 16, true)),
    mtMs: fromWire(view.getUint16(offset + 18, true)),
    ttsMs: fromWire(view.getUint16(offset + 20, true)),
    queueMs: fromWire(view.getUint16(offset + 22, true)),
    ttfabMs: fromWire(view.getUint16(offset + 2, true)),
    clockMs: view.getUint32(offset + 24, true),
  };
}

function toWire(ms: number | undefined): number {
  if (ms === undefined || !(ms < UNKNOWN)) return UNKNOWN;
  return Math.max(0, Math.round(ms));
}

function fromWire(value: number): number | undefined {
  return value === UNKNOWN ? undefined : value;
}
