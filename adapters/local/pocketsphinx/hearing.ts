import { durationMs } from "../../../pipeline/audio.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import type { LanguageTag } from "../../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input } from "../../../pipeline/ports.ts";
import { abortable } from "../../../flow/abortable.ts";
import { Lifetime } from "../../lifetime.ts";
import { Chunker } from "./chunker.ts";
import { chunkMs } from "./flags.ts";
import type { Lease } from "./pool.ts";
import { SteadyDecoder } from "./steady_decoder.ts";

/** What the decoder takes, in samples a second. */
export const decoderRate = 16_000;

/** A gap in the source up to this length is filled with silence; a longer one ends the utterance. */
const gapLimitMs = 500;

/** Hears with the decoder of a lease, which it gives back when it is disposed. */
export function pocketsphinxHearing(
  { lease, language, engine }: { lease: Lease; language: LanguageTag; engine: Lifetime },
): Hearing {
  const lifetime = new Lifetime("hearing of pocketsphinx");
  let begun = false;

  async function* hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    engine.check();
    lifetime.check();
    if (begun) throw new TypeError("Cannot hear twice: open another session");
    begun = true;
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    const chunker = new Chunker({
      chunkSamples: chunkMs * decoderRate / 1000,
      gapLimit: gapLimitMs * decoderRate / 1000,
    });
    const decoder = new SteadyDecoder({ lease, language });
    let heard = 0;
    for await (const item of abortable(input, signal)) {
      if (item.type === "flush") {
        for (const chunk of chunker.rest()) yield* decoder.hear(chunk, signal);
        yield* decoder.finish(signal);
        yield { type: "flushed", id: item.id };
        continue;
      }
      if (item.type !== "frame" || item.rate !== decoderRate) {
        const found = item.type === "frame" ? `a frame at ${item.rate} Hz` : "encoded audio";
        throw new PipelineError(
          "invalid_request",
          `Cannot hear the audio: found ${found}, expected frames at ${decoderRate} Hz`,
        );
      }
      heard += item.samples.length;
      for (const chunk of chunker.push(item)) yield* decoder.hear(chunk, signal);
    }
    for (const chunk of chunker.rest()) yield* decoder.hear(chunk, signal);
    yield* decoder.finish(signal);
    yield { type: "usage", audioMs: durationMs(heard, decoderRate) };
  }

  return {
    hear,
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await lease.release();
    },
  };
}
