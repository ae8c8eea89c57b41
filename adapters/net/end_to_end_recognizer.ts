import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { ConnectionAudio, type RateConverter } from "./connection_audio.ts";
import { EndToEndHearing } from "./end_to_end_hearing.ts";
import type { EndToEndWire } from "./end_to_end_wire.ts";

/**
 * A recognizer that translates and speaks by itself: what a provider asks for stands in its wire, and all that has to be done about it is done here. To open a
 * session is to connect, so that a refused key shows. It takes no glossary.
 */
export function endToEndRecognizer(wire: EndToEndWire, clock: Clock): Owned<SpeechRecognizer> {
  const { name, provider, traits, chunkMs } = wire;
  const lifetime = new Lifetime(`recognizer ${name}`);
  const hearings = new Set<EndToEndHearing>();
  return {
    name,
    traits,
    async open({ languages: [source], format, targets = [], signal }) {
      lifetime.check();
      signal.throwIfAborted();
      if (source === undefined || matchTag(source, traits.languages) === undefined) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear a language: ${source ?? "none"} is not known to ${provider}`,
        );
      }
      if (!traits.formats.some(({ codec, rate }) => codec === format.codec && rate === format.rate)) {
        throw new PipelineError(
          "invalid_request",
          `Cannot hear the format: ${format.codec} at ${format.rate} Hz`,
        );
      }
      const { rate = format.rate } = wire;
      using either = lifetime.link(signal);
      const wish = { source, rate, targets };
      const session = await wire.open(wish, either.signal);
      try {
        const converter = await rateConverter(format.rate, rate);
        const hearing: EndToEndHearing = new EndToEndHearing({
          wire,
          wish,
          session,
          audio: new ConnectionAudio({
            sourceRate: format.rate,
            rate,
            chunk: { bestMs: chunkMs },
            converter,
          }),
          clock,
          engine: lifetime,
          left: () => hearings.delete(hearing),
        });
        hearings.add(hearing);
        return hearing;
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await Promise.all([...hearings].map((hearing) => hearing[Symbol.asyncDispose]()));
    },
  };
}

/** The rate is changed by a module that is loaded when it is needed. */
async function rateConverter(from: number, to: number): Promise<RateConverter | undefined> {
  if (from === to) return undefined;
  const { Resampler } = await import("../../media/resample.ts");
  return await Resampler.create(from, to);
}
