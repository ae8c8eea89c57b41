import type { SpeechPiece } from "../../../../client/playback/jitter_buffer.ts";

/** How a service speaks and what the network does to it. */
export interface UnevenNetwork {
  readonly rate: number;
  readonly pieceMs: number;
  /** How many times faster than real time speech is made. */
  readonly speed: number;
  /** Every piece is late by up to so much, evenly spread. */
  readonly jitterMs: number;
  /** So many of a hundred pieces are late by `stallMs` on top. */
  readonly stallPercent: number;
  readonly stallMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** A piece and when it arrives, in ms. */
export interface Arrival {
  readonly atMs: number;
  readonly piece: SpeechPiece;
}

/** Segments of these lengths, each made from a moment on, as they arrive: late, but in order, as on a WebSocket. */
export function arrivals(
  segments: readonly { readonly fromMs: number; readonly lengthMs: number }[],
  network: UnevenNetwork,
  sampleAt: (position: number) => number = () => 8_000,
): Arrival[] {
  const { rate, pieceMs, speed, jitterMs, stallPercent, stallMs, random } = network;
  const found: Arrival[] = [];
  let position = 0;
  let lastMs = 0;
  for (const [index, { fromMs, lengthMs }] of segments.entries()) {
    for (let offsetMs = 0; offsetMs < lengthMs; offsetMs += pieceMs) {
      const last = offsetMs + pieceMs >= lengthMs;
      const length = Math.round(Math.min(pieceMs, lengthMs - offsetMs) * rate / 1000);
      const madeMs = fromMs + (offsetMs + pieceMs) / speed;
      const stalled = random() * 100 < stallPercent ? stallMs : 0;
      lastMs = Math.max(lastMs, madeMs + random() * jitterMs + stalled);
      const from = position;
      found.push({
        atMs: lastMs,
        piece: {
          segment: index + 1,
          position,
          samples: Int16Array.from({ length }, (_, at) => sampleAt(from + at)),
          start: offsetMs === 0,
          end: last,
        },
      });
      position += length;
    }
  }
  return found;
}

/** Numbers from 0 up to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
