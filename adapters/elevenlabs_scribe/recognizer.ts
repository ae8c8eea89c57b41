import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type {
  RecognizerWire,
  WireConnection,
  WireEvent,
  WireSpeech,
  WireWord,
} from "../net/recognizer_wire.ts";
import {
  audioMessage,
  closing,
  codeOf,
  commitMessage,
  connection,
  readMessage,
  type ScribeAccess,
  type ScribeMessage,
  type ScribeSpeech,
} from "./wire.ts";

/** Options of {@linkcode scribeWire}. */
export interface ScribeOptions extends ScribeAccess, Pick<ScribeSpeech, "model" | "silenceMs"> {
  readonly languages: readonly LanguageTag[];
  /** How many sessions the plan allows at a time. */
  readonly concurrency: number;
}

/** What Scribe asks for, and one connection after the other. */
export function scribeWire(options: ScribeOptions): RecognizerWire {
  return {
    name: "elevenlabs_scribe",
    provider: "ElevenLabs Scribe",
    traits: { languages: options.languages, stableAfterMs: 600 },
    rates: [16_000, 24_000, 48_000, 44_100, 22_050, 8000],
    chunk: { bestMs: 100 },
    // It takes more, but then it answers later than `lagMs` says.
    pacing: { speed: 1.5, burstMs: 1000 },
    finalize: { answer: "acknowledged", timeoutMs: 5000 },
    keepalive: { idleMs: 5000, silenceMs: 100 },
    end: { answer: "finished", timeoutMs: 5000 },
    concurrency: options.concurrency,
    billing: "audio",
    lagMs: 1000,
    closing,
    connection: (speech) => new Commits(options, speech),
  };
}

/** How much audio goes before that of the source, in ms. */
const openingMs = 2000;

/** A connection, on which each commit is an utterance. */
class Commits implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Transcripts begin after two seconds of audio: these are without speech. */
  readonly opening: readonly string[];
  readonly awaitsReady = true;
  readonly #rate: number;
  readonly #languages: readonly LanguageTag[];
  /** What was committed, until it comes once more with the times of its words. */
  #committed: string | undefined;
  /** How many commits were counted already whose times may still come. */
  #owed = 0;
  #sentMs = 0;
  #finalizedMs = 0;
  #finalizing = false;
  #ending = false;

  constructor(options: ScribeOptions, { languages, rate, glossary }: WireSpeech) {
    this.#rate = rate;
    this.#languages = languages;
    const language = languages.length === 1 ? codeOf(languages[0]!) : undefined;
    ({ url: this.url, headers: this.headers } = connection(options, {
      ...options,
      language,
      rate,
      glossary,
    }));
    const second = audioMessage(new Uint8Array(2 * rate), rate);
    this.opening = [second, second];
  }

  audio(bytes: Uint8Array): string {
    return audioMessage(bytes, this.#rate);
  }

  sent(toMs: number): void {
    this.#sentMs = toMs;
  }

  finalize(): readonly string[] {
    if (this.#sentMs === this.#finalizedMs) return [];
    this.#finalizedMs = this.#sentMs;
    this.#finalizing = true;
    return [commitMessage(this.#rate)];
  }

  /** There is no farewell: the last commit is answered, and nothing follows. */
  end(): readonly string[] {
    this.#ending = true;
    return [commitMessage(this.#rate)];
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const said = typeof message === "string" ? readMessage(message) : undefined;
    switch (said?.type) {
      case "started":
        return [{ type: "ready" }];
      case "partial":
        return [...this.#count(), { type: "heard", append: [], tentative: wordsOf(said.text) }];
      case "committed":
        return this.#commit(said.text);
      case "timed":
        return this.#time(said);
      case "throttled":
        return [...this.#count(), ...this.#answer()];
      case "error":
        return [...this.#count(), { type: "failed", error: said.error }];
      default:
        return [];
    }
  }

  #commit(text: string): WireEvent[] {
    const before = this.#count();
    this.#committed = text;
    const words = wordsOf(text);
    // Somebody waits for this, rather than for the times.
    if (this.#finalizing || this.#ending) return [...before, ...this.#count(), ...this.#answer()];
    if (words.length === 0) return [...before, ...this.#count()];
    return [...before, { type: "heard", append: [], tentative: words }];
  }

  #time({ text, pieces, language }: Extract<ScribeMessage, { type: "timed" }>): WireEvent[] {
    if (this.#owed > 0 && text !== this.#committed) {
      this.#owed -= 1;
      return [];
    }
    const tag = canonicalTag(language ?? "");
    const timed = pieces.map((piece) => ({
      text: piece.text,
      startMs: Math.max(0, piece.startMs - openingMs),
      endMs: Math.max(0, piece.endMs - openingMs),
    }));
    const words = timed.length > 0 ? timed : wordsOf(text);
    return this.#close(words, tag === undefined ? undefined : closestTag(tag, this.#languages));
  }

  /** What was committed counts without its times: something else came. */
  #count(): WireEvent[] {
    if (this.#committed === undefined) return [];
    this.#owed += 1;
    return this.#close(wordsOf(this.#committed));
  }

  #close(append: readonly WireWord[], language?: LanguageTag): WireEvent[] {
    this.#committed = undefined;
    return [{ type: "heard", append, tentative: [], language }, { type: "ended" }];
  }

  /** A commit that we asked for was made, or refused. */
  #answer(): WireEvent[] {
    const finalizing = this.#finalizing;
    this.#finalizing = false;
    return [
      ...(finalizing ? [{ type: "finalized" } as const] : []),
      ...(this.#ending ? [{ type: "finished" } as const] : []),
    ];
  }
}

function wordsOf(text: string): WireWord[] {
  return text.split(/\s+/).filter((word) => word !== "").map((word) => ({ text: word }));
}
