import type { Clock } from "../../../flow/clock.ts";
import type { Format } from "../../../pipeline/audio.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { type LanguageTag, matchTag } from "../../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../../pipeline/ports.ts";
import { Lifetime } from "../../lifetime.ts";
import type { Owned } from "../../provider.ts";
import { type DecoderClient, DecoderProcess } from "./decoder_process.ts";
import { stableAfterMs } from "./flags.ts";
import { decoderRate, pocketsphinxHearing } from "./hearing.ts";
import { DecoderPool } from "./pool.ts";

/** Options of {@linkcode pocketsphinxRecognizer}. */
export interface PocketsphinxOptions {
  /** The folder with the acoustic model, the language model and the dictionary; where Debian puts them by default. */
  readonly modelFolder?: string;
  /** How many decoders wait for a session, 140 MB each; 1 by default. */
  readonly warm?: number;
  /** How many sessions there may be; {@linkcode defaultMax} by default. */
  readonly max?: number;
  readonly clock?: Clock;
  /** Starts a decoder; a process by default. */
  readonly start?: () => Promise<DecoderClient>;
}

/** Where the Debian package `pocketsphinx-en-us` puts the model. */
export const defaultModelFolder = "/usr/share/pocketsphinx/model/en-us";

/** How many sessions this machine hears in real time with ease: 3 for each core. */
export function defaultMax(): number {
  return 3 * navigator.hardwareConcurrency;
}

const languages: readonly LanguageTag[] = ["en"];
const format: Format = { codec: "pcm_s16le", rate: decoderRate };

/** Hears English with the pocketsphinx that is installed on this machine: a process for each session, some of them started in advance. */
export function pocketsphinxRecognizer(options: PocketsphinxOptions = {}): Owned<SpeechRecognizer> {
  const { modelFolder = defaultModelFolder, warm = 1, max = defaultMax(), clock } = options;
  const start = options.start ?? (() => DecoderProcess.start({ modelFolder, ...clock && { clock } }));
  const lifetime = new Lifetime("recognizer pocketsphinx");
  const pool = new DecoderPool({ start, warm, max });
  return {
    name: "pocketsphinx",
    traits: { languages, formats: [format], stableAfterMs },
    async open({ languages: wanted, format: { codec, rate }, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      // One language is heard, and it has to be one that may be spoken.
      const language = wanted.find((tag) => matchTag(tag, languages) !== undefined);
      if (language === undefined) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear ${wanted.join(", ") || "no language"}: pocketsphinx knows ${languages.join(", ")}`,
        );
      }
      if (codec !== format.codec || rate !== format.rate) {
        throw new PipelineError(
          "invalid_request",
          `Cannot hear ${codec} at ${rate} Hz: expected ${format.codec} at ${format.rate} Hz`,
        );
      }
      using either = lifetime.link(signal);
      return pocketsphinxHearing({
        lease: await pool.lease(either.signal),
        language,
        engine: lifetime,
      });
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await pool[Symbol.asyncDispose]();
    },
  };
}
