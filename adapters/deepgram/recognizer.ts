import { PipelineError } from "../../pipeline/error.ts";
import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { closestTag } from "../net/closest_tag.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import type { RecognizerWire, WireConnection, WireEvent, WireSpeech } from "../net/recognizer_wire.ts";
import type { Owned } from "../provider.ts";
import {
  closeMessage,
  closing,
  connection,
  type DeepgramAccess,
  type DeepgramResult,
  finalizeMessage,
  keepaliveMessage,
  readMessage,
} from "./wire.ts";

/** Options of {@linkcode deepgramWire}. */
export interface DeepgramOptions extends DeepgramAccess {
  readonly model: string;
  /** What the model understands. */
  readonly languages: readonly LanguageTag[];
  /** How much silence ends an utterance, in ms. */
  readonly silenceMs: number;
  /** How many streams the plan allows at a time. */
  readonly concurrency: number;
}

/** What the models understand within one stream: `language=multi` (https://developers.deepgram.com/docs/multilingual-code-switching). */
const multilingual: readonly LanguageTag[] = ["en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"];
/** No word for so long ends an utterance, in ms: less is refused. */
const wordlessMs = 1000;

/** Hears with Deepgram's Nova models. */
export function deepgramRecognizer(options: DeepgramOptions & RecognizerOutside): Owned<SpeechRecognizer> {
  return recognizerOverSocket(deepgramWire(options), options);
}

/** What Deepgram asks for, and its messages. */
export function deepgramWire(options: DeepgramOptions): RecognizerWire {
  const { languages, concurrency } = options;
  return {
    name: "deepgram",
    provider: "Deepgram",
    traits: { languages, stableAfterMs: 700 },
    rates: [16_000, 24_000, 48_000, 8_000, 44_100],
    chunk: { bestMs: 100 },
    // It takes more, but what is on its way is lost with the connection.
    pacing: { speed: 4, burstMs: 10_000 },
    finalize: { answer: "best_effort", timeoutMs: 1500 },
    // After ten seconds without a message the stream is closed; KeepAlive is asked for every three to five.
    keepalive: { idleMs: 4000, message: keepaliveMessage },
    end: { answer: "close", timeoutMs: 10_000 },
    concurrency,
    billing: "audio",
    closing,
    connection: (speech) => new DeepgramConnection(options, speech),
  };
}

class DeepgramConnection implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly opening = [];
  readonly #languages: readonly LanguageTag[];
  /** Where the first word of the utterance begins. */
  #fromMs: number | undefined;
  #ending = false;

  constructor(options: DeepgramOptions, speech: WireSpeech) {
    const { model, silenceMs } = options;
    const { languages, rate, glossary } = speech;
    const language = languageOf(languages, options.languages);
    ({ url: this.url, headers: this.headers } = connection(options, {
      model,
      language,
      rate,
      glossary,
      silenceMs,
      wordlessMs,
    }));
    this.#languages = languages;
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const said = typeof message === "string" ? readMessage(message) : undefined;
    switch (said?.type) {
      case "started":
        return [{ type: "started", atMs: said.atMs }];
      case "result":
        return this.#hear(said);
      case "utterance_end":
        // It may come when somebody speaks again.
        if (this.#fromMs !== undefined && said.lastWordMs < this.#fromMs) return [];
        return this.#ended();
      case "metadata":
        return this.#ending ? [{ type: "finished" }] : [];
      default:
        return [];
    }
  }

  finalize(): readonly string[] {
    return [finalizeMessage];
  }

  end(): readonly string[] {
    this.#ending = true;
    return [closeMessage];
  }

  #hear({ words, fromMs, toMs, final, speechFinal, fromFinalize, language }: DeepgramResult): WireEvent[] {
    const tag = canonicalTag(language ?? "");
    this.#fromMs ??= words[0]?.startMs;
    return [
      {
        type: "heard",
        append: final ? words : [],
        tentative: final ? [] : words,
        toMs,
        ...final ? { settledMs: toMs } : words.length > 0 ? { settledMs: fromMs } : {},
        language: tag && closestTag(tag, this.#languages),
      },
      ...final && speechFinal ? this.#ended() : [],
      ...fromFinalize ? [{ type: "finalized" } as const] : [],
    ];
  }

  #ended(): WireEvent[] {
    this.#fromMs = undefined;
    return [{ type: "ended" }];
  }
}

/** Deepgram's code for a language: its tag but for one. */
export function codeOf(language: LanguageTag): string {
  return language === "nb" ? "no" : language;
}

/** What Deepgram calls the language, or all of them together. */
function languageOf(spoken: readonly LanguageTag[], known: readonly LanguageTag[]): string {
  const [only] = spoken;
  if (spoken.length === 1) return codeOf(closestTag(only!, known) ?? only!);
  const missing = spoken.find((tag) => closestTag(tag, multilingual) === undefined);
  if (missing === undefined) return "multi";
  const message = `Cannot hear ${spoken.join(", ")} together: Deepgram does not know ${missing} among others`;
  throw new PipelineError("unsupported_language", message);
}
