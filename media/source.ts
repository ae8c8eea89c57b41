import { type AudioType, parseAudioType } from "./content_type.ts";
import { PcmReader } from "./pcm_reader.ts";
import { Pieces } from "./pieces.ts";
import { Resampler } from "./resample.ts";
import { WavReader } from "./wav_reader.ts";

/** Options of {@linkcode readSpeech}. */
export interface SpeechOptions {
  /** The content type, as {@linkcode parseAudioType} takes it. */
  readonly type: string;
  /** The wanted sample rate, in Hz. */
  readonly rate: number;
}

/** How many bytes are decoded at a time, so that a large piece of the body does not become several times as large at once. */
const SLICE_BYTES = 16_384;

/**
 * Reads an audio body into mono 16-bit samples at the wanted rate, as it comes in, in pieces of 10 to 100 ms (the last may be shorter). The
 * body is told when nobody reads on.
 *
 * @throws {MediaError} when the audio is unsupported, malformed or truncated; what came before was handed on.
 * @throws `signal.reason` when the signal aborts, even while the body stalls, and whatever the body fails with.
 */
export async function* readSpeech(
  body: AsyncIterable<Uint8Array>,
  options: SpeechOptions,
  signal: AbortSignal,
): AsyncGenerator<Int16Array, void> {
  using decoder = new Decoder(parseAudioType(options.type), options.rate);
  const pieces = new Pieces(options.rate);
  const iterator = body[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const result = await nextOf(iterator, signal);
      if (result.done) break;
      for (let offset = 0; offset < result.value.length; offset += SLICE_BYTES) {
        yield* pieces.push(await decoder.push(result.value.subarray(offset, offset + SLICE_BYTES)));
      }
    }
    ended = true;
    yield* pieces.push(decoder.finish());
    yield* pieces.finish();
  } finally {
    // Not awaited: a body that stalls would hold up whoever stopped reading. Its failures are nobody's concern any more.
    if (!ended) iterator.return?.().catch(() => {});
  }
}

/** Bytes of a body to samples at the wanted rate; the rate of the source may be known only after its header. */
class Decoder implements Disposable {
  readonly #reader: WavReader | PcmReader;
  readonly #rate: number;
  #sourceRate: number | undefined;
  #resampler: Resampler | undefined;

  constructor(type: AudioType, rate: number) {
    this.#reader = type.container === "wav" ? new WavReader() : new PcmReader(type);
    this.#rate = rate;
    if (type.container === "raw") this.#sourceRate = type.rate;
  }

  async push(bytes: Uint8Array): Promise<Int16Array> {
    const samples = this.#reader.push(bytes);
    if (this.#reader instanceof WavReader) this.#sourceRate ??= this.#reader.header?.format.rate;
    if (this.#sourceRate === undefined) return new Int16Array(0);
    this.#resampler ??= await Resampler.create(this.#sourceRate, this.#rate);
    return this.#resampler.push(samples);
  }

  finish(): Int16Array {
    this.#reader.finish();
    return this.#resampler?.finish() ?? new Int16Array(0);
  }

  [Symbol.dispose](): void {
    this.#resampler?.[Symbol.dispose]();
  }
}

/** The next item; rejects with `signal.reason` when the signal aborts first. */
function nextOf<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    iterator.next().then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
