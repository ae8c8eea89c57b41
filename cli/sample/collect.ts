import { readSpeech, type SpeechOptions } from "../../media/source.ts";

/**
 * Reads an audio body to its end into one array of mono samples: for recordings that are known to be short.
 *
 * @throws as {@linkcode readSpeech} does.
 */
export async function collectSpeech(
  body: AsyncIterable<Uint8Array>,
  options: SpeechOptions,
  signal: AbortSignal,
): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const piece of readSpeech(body, options, signal)) pieces.push(piece);
  const whole = new Int16Array(pieces.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
