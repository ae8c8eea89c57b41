/// <reference lib="dom" />
import { InterpretError } from "../interpret_error.ts";
import { deviceError } from "./device_error.ts";

/** A file may have so many bytes: the browser decodes it as a whole. */
const limitBytes = 200_000_000;

/**
 * Decodes a sound file in whatever format the browser knows, at the wanted rate.
 *
 * @throws {InterpretError} when it cannot.
 */
export async function decodeSoundFile(file: Blob, rate: number): Promise<AudioBuffer> {
  if (file.size > limitBytes) {
    throw new InterpretError(
      "unreadable_audio",
      `The sound file is too large: it has ${file.size} bytes, expected at most ${limitBytes}`,
    );
  }
  try {
    return await new OfflineAudioContext(1, 1, rate).decodeAudioData(await file.arrayBuffer());
  } catch (error) {
    throw deviceError("unreadable_audio", { cause: error });
  }
}

/** The samples from `from` up to `to`, all channels mixed, between -1 and 1. */
export function mixedSamples(buffer: AudioBuffer, from: number, to: number): Float32Array {
  const channels = Array.from(
    { length: buffer.numberOfChannels },
    (_, channel) => buffer.getChannelData(channel).subarray(from, to),
  );
  return channels[0]!.map((_, index) => {
    let sum = 0;
    for (const channel of channels) sum += channel[index]!;
    return sum / channels.length;
  });
}
