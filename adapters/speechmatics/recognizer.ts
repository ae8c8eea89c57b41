import type { LanguageTag } from "../../pipeline/language.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { RecognizerWire, WireConnection, WireEvent, WireSpeech } from "../net/recognizer_wire.ts";
import { TokenWords } from "./token_words.ts";
import { targetsLimit, translatedPairs, Translations } from "./translations.ts";
import {
  closing,
  codeOf,
  connection,
  endMessage,
  forceEndMessage,
  readMessage,
  type SpeechmaticsAccess,
  type SpeechmaticsMessage,
  type SpeechmaticsSpeech,
  startMessage,
} from "./wire.ts";

/** Options of {@linkcode speechmaticsWire}. */
export interface SpeechmaticsOptions
  extends SpeechmaticsAccess, Pick<SpeechmaticsSpeech, "model" | "delayMs" | "silenceMs"> {
  readonly languages: readonly LanguageTag[];
  /** Whether it translates what it hears, where a session wants what it can. */
  readonly translating: boolean;
  /** How many sessions the plan allows at a time. */
  readonly concurrency: number;
}

/** How long after its transcript a translation may come, in ms: as long as the end of a session may take for it, which is all that is documented. */
const translationMs = 5000;

/** What Speechmatics asks for, and one connection after the other. */
export function speechmaticsWire(options: SpeechmaticsOptions): RecognizerWire {
  const { languages, translating, delayMs } = options;
  const translates = {
    pairs: translatedPairs(languages),
    atOnce: targetsLimit,
    withinMs: delayMs + translationMs,
  };
  return {
    name: "speechmatics",
    provider: "Speechmatics",
    traits: { languages, stableAfterMs: 700, ...(translating ? { translates } : {}) },
    rates: [16_000, 24_000, 48_000, 44_100, 22_050, 8000],
    chunk: { bestMs: 50 },
    // It takes more, but then it answers later than `lagMs` says.
    pacing: { speed: 1.5, burstMs: 1000 },
    finalize: { answer: "best_effort", timeoutMs: translating ? translationMs : 2000 },
    // It ends a session without audio after an hour, and one without anything after three minutes.
    keepalive: { idleMs: 60_000, silenceMs: 50 },
    end: { answer: "finished", timeoutMs: 10_000 },
    sessionLimitMs: 48 * 3_600_000,
    concurrency: options.concurrency,
    billing: "audio",
    lagMs: 1000,
    closing,
    connection: (speech) => new Spans(options, speech),
  };
}

/** A connection, on which final transcripts are spans of an utterance and those that are not replace each other. */
class Spans implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly opening: readonly string[];
  readonly awaitsReady = true;
  readonly #words = new TokenWords();
  readonly #translations: Translations;
  /** Where the last final word ends, in ms. */
  #saidToMs = 0;
  /** Whether everything is to become final; whether it is, but for the translation. */
  #finalizing: "no" | "asked" | "translating" = "no";
  #appended = 0;
  #audioMessages = 0;
  #finalizedMessages = 0;

  constructor(options: SpeechmaticsOptions, { languages, rate, glossary, targets }: WireSpeech) {
    if (languages.length > 1) {
      throw new PipelineError(
        "unsupported_language",
        `Cannot hear several languages with Speechmatics: ${languages.join(", ")}, expected one`,
      );
    }
    const language = codeOf(languages[0]!);
    ({ url: this.url, headers: this.headers } = connection(options));
    this.#translations = new Translations(targets);
    const { codes } = this.#translations;
    this.opening = [startMessage({ ...options, language, rate, glossary, targets: codes })];
  }

  sent(): void {
    this.#audioMessages += 1;
    this.#finalizing = "no";
  }

  finalize(): readonly string[] {
    if (this.#audioMessages === this.#finalizedMessages) return [];
    this.#finalizedMessages = this.#audioMessages;
    this.#finalizing = "asked";
    return [forceEndMessage];
  }

  end(): readonly string[] {
    return [endMessage(this.#audioMessages)];
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const said = typeof message === "string" ? readMessage(message) : undefined;
    switch (said?.type) {
      case "started":
        return [{ type: "ready" }];
      case "final":
      case "partial":
        return [this.#hear(said)];
      case "translation":
        return [...this.#translations.read(said), ...this.#settled()];
      case "utterance_ended":
        if (said.forced && this.#finalizing === "asked") this.#finalizing = "translating";
        return [...this.#close(), { type: "ended", atMs: said.atMs }, ...this.#settled()];
      case "ended":
        return [...this.#close(), { type: "ended" }, { type: "finished" }];
      case "error":
        return [{ type: "failed", error: said.error }];
      default:
        return [];
    }
  }

  /** Nobody promises that a translation comes before the end of an utterance that was asked for: the answer waits for it. */
  #settled(): WireEvent[] {
    if (this.#finalizing !== "translating" || !this.#translations.reach(this.#saidToMs)) return [];
    this.#finalizing = "no";
    return [{ type: "finalized" }];
  }

  #hear({ type, tokens, toMs }: Extract<SpeechmaticsMessage, { type: "final" | "partial" }>): WireEvent {
    if (type === "final") {
      this.#words.add(tokens);
      this.#saidToMs = Math.max(this.#saidToMs, tokens.at(-1)?.endMs ?? 0);
    } else {
      this.#words.open(tokens);
    }
    const { words, stable } = this.#words;
    const append = words.slice(this.#appended, stable);
    this.#appended = Math.max(this.#appended, stable);
    const tentative = words.slice(this.#appended);
    // The end of words says nothing of what was heard after them; that of silence does.
    if (words.length > 0) return { type: "heard", append, tentative };
    // That all is settled would be as good as the answer that waits.
    const isSettled = type === "final" &&
      (this.#finalizing === "no" || this.#translations.reach(this.#saidToMs));
    return { type: "heard", append, tentative, toMs, ...(isSettled ? { settledMs: toMs } : {}) };
  }

  /** What was held back for a mark that may still have come. */
  #close(): WireEvent[] {
    const append = this.#words.take().slice(this.#appended);
    this.#appended = 0;
    return append.length > 0 ? [{ type: "heard", append, tentative: [] }] : [];
  }
}
