/** How audio is encoded where it enters or leaves: raw 16-bit little-endian samples, or Opus packets (RFC 6716). */
export type Codec = "pcm_s16le" | "opus";

/** Raw mono audio with its place on a clock that counts samples. */
export interface Frame {
  readonly type: "frame";
  /** Samples a second. */
  readonly rate: number;
  /** The first sample's place on the source's or lane's clock. */
  readonly position: number;
  readonly samples: Int16Array;
}

/** Encoded audio with its place on a 48 kHz clock, the one Opus counts by. */
export interface Packets {
  readonly type: "packets";
  readonly codec: "opus";
  readonly rate: 48000;
  readonly position: number;
  readonly packets: readonly Uint8Array[];
}

/** A piece of audio, raw or encoded. */
export type Audio = Frame | Packets;

/** An encoding at a rate: what a synthesizer can give or a recognizer take. */
export interface Format {
  readonly codec: Codec;
  /** Samples a second. */
  readonly rate: number;
}

/** The duration of so many samples, in ms. */
export function durationMs(samples: number, rate: number): number {
  return samples * 1000 / rate;
}

/** How many samples a piece of audio has, on its own clock. Packets hold 20 ms, 960 samples at 48 kHz: what every provider sends. */
export function samplesOf(audio: Audio): number {
  return audio.type === "frame" ? audio.samples.length : audio.packets.length * 960;
}
