import { OpusDecoder, type OpusRate, opusRates } from "../media/opus_decoder.ts";
import type { Format } from "../pipeline/audio.ts";
import type { Input, SpeechRecognizer } from "../pipeline/ports.ts";
import { ProtocolError } from "../protocol/error.ts";

/** How Opus counts samples. */
const opusRate = 48_000;
const opus: Format = { codec: "opus", rate: opusRate };

/** What Opus is decoded to for a recognizer that does not take it; `undefined` where that need not or cannot be. */
export function decodedFor(input: Format, { traits }: SpeechRecognizer): Format | undefined {
  if (input.codec !== "opus" || traits.formats.some(({ codec }) => codec === "opus")) return undefined;
  return traits.formats.find(({ codec, rate }) =>
    codec === "pcm_s16le" && opusRates.some((one) => one === rate)
  );
}

/** What a client may send: what the recognizer takes, and Opus where it can be decoded for it. */
export function inputsFor(recognizer: SpeechRecognizer): readonly Format[] {
  const { formats } = recognizer.traits;
  return decodedFor(opus, recognizer) ? [...formats, opus] : formats;
}

/**
 * The input with its Opus packets decoded. The decoder lives as long as the input is read.
 *
 * @param fail is told of a packet that is no Opus; nothing more comes then until the signal aborts.
 */
export async function* decoded(
  input: AsyncIterable<Input>,
  { rate }: Format,
  fail: (error: ProtocolError) => void,
): AsyncGenerator<Input, void> {
  using decoder = await OpusDecoder.create(rate as OpusRate);
  for await (const item of input) {
    if (item.type !== "packets") {
      yield item;
      continue;
    }
    let samples: Int16Array;
    try {
      samples = decoder.decode(item.packets);
    } catch (error) {
      // What is read next rejects, as the session is over.
      fail(new ProtocolError(error instanceof Error ? error.message : String(error)));
      continue;
    }
    yield { type: "frame", rate, position: Math.floor(item.position * rate / opusRate), samples };
  }
}
