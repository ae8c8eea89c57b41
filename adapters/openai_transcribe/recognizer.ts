import { systemClock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, matchTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { exchangeJson, type HttpOptions } from "../net/http.ts";
import { refusal } from "../net/openai_error.ts";
import type { Outside } from "../net/translator_over_http.ts";
import { VoiceActivity } from "../net/voice_activity.ts";
import type { Owned } from "../provider.ts";
import { transcribeHearing } from "./hearing.ts";
import type { ListeningOptions } from "./listening.ts";
import { transcriber } from "./transcriber.ts";
import { type AnswerForm, modelsRequest, type TranscribeAccess } from "./wire.ts";

/** Options of {@linkcode transcribeRecognizer}. */
export interface TranscribeRecognizerOptions
  extends TranscribeAccess, Outside, Partial<Omit<ListeningOptions, "rate">> {
  readonly model: string;
  readonly answer: AnswerForm;
  /** What the model understands. */
  readonly languages: readonly LanguageTag[];
}

const name = "openai_transcribe";
const provider = "the transcription server";
/** What every server takes, some of them nothing else. */
const format: Format = { codec: "pcm_s16le", rate: 16_000 };
/** How many requests may be on their way at a time, of all sessions. */
const atOnce = 64;
/** How long an interim word has to stay the same where the pace says nothing about that, in ms. */
const stableAfterMs = 1000;

/**
 * Hears with OpenAI's `/audio/transcriptions`, which many servers speak: utterances are cut out of the source here and sent one by one, once they
 * are whole; where `interimMs` is set, also as far as they have come. Opening asks for the list of models, so that a bad key shows before anybody
 * speaks.
 */
export function transcribeRecognizer(options: TranscribeRecognizerOptions): Owned<SpeechRecognizer> {
  const { languages, model, answer, fetch = globalThis.fetch, clock = systemClock, deadlineMs = 10_000 } =
    options;
  const { silenceMs = 300, longestMs = 10_000, interimMs = 0, leastBilledMs = 0 } = options;
  const { rate } = format;
  const http: HttpOptions = { provider, fetch, clock, deadlineMs, refusal };
  const lifetime = new Lifetime(`recognizer ${name}`);
  const places = new Queue<true>({ limit: atOnce });
  return {
    name,
    // Two transcripts have to agree on a word.
    traits: { languages, formats: [format], stableAfterMs: interimMs > 0 ? 2 * interimMs : stableAfterMs },
    async open({ languages: wanted, format: { codec, rate: found }, glossary, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      const spoken = wanted.filter((tag) => matchTag(tag, languages) !== undefined);
      if (spoken.length === 0) {
        const message = `Cannot hear ${wanted.join(", ") || "no language"}: ${provider} is not set up for it`;
        throw new PipelineError("unsupported_language", message);
      }
      if (codec !== format.codec || found !== rate) {
        const message = `Cannot hear ${codec} at ${found} Hz: expected ${format.codec} at ${rate} Hz`;
        throw new PipelineError("invalid_request", message);
      }
      using either = lifetime.link(signal);
      await exchangeJson(modelsRequest(options), http, either.signal).catch(ignoreMissingList);
      const detector = await VoiceActivity.create(rate);
      if (either.signal.aborted) detector[Symbol.dispose]();
      either.signal.throwIfAborted();
      const [only] = spoken;
      const asked = {
        model,
        answer,
        terms: Object.keys(glossary),
        ...only !== undefined && wanted.length === 1 && { language: only },
      };
      return transcribeHearing({
        name,
        transcriber: transcriber({ access: options, options: asked, rate, http, places }),
        detector,
        options: { rate, languages: spoken, silenceMs, longestMs, interimMs, leastBilledMs },
        clock,
        engine: lifetime,
      });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

/** Some servers have no list of models, or not as JSON: only a refusal of the key or a server that is not there matters. */
function ignoreMissingList(error: unknown): void {
  const harmless = error instanceof PipelineError &&
    (error.kind === "invalid_request" || error.kind === "internal");
  if (!harmless) throw error;
}
