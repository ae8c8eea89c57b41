import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type { RecognizerWire, WireConnection, WireEvent, WireSpeech } from "../net/recognizer_wire.ts";
import { joinTokens, type Token } from "./token_words.ts";
import {
  codeOf,
  connection,
  endMessage,
  finalizeMessage,
  keepaliveMessage,
  readMessage,
  type SonioxAccess,
  type SonioxPart,
  startMessage,
} from "./wire.ts";

/** Options of {@linkcode sonioxWire}. */
export interface SonioxOptions extends SonioxAccess {
  readonly model: string;
  /** What the model hears and translates, each into each. */
  readonly languages: readonly LanguageTag[];
  /** How readily an utterance ends, from -1 to 1. */
  readonly sensitivity: number;
  /** When it ends at the latest, in ms after the speech: 500 to 3000. */
  readonly endpointMs: number;
  /** How many streams the plan allows at a time. */
  readonly concurrency: number;
}

/** What Soniox asks for, and its messages (https://soniox.com/docs/stt/rt/limits-and-quotas, …/connection-keepalive, …/error-handling). */
export function sonioxWire(options: SonioxOptions): RecognizerWire {
  const { languages, concurrency } = options;
  return {
    name: "soniox",
    provider: "Soniox",
    traits: {
      languages,
      stableAfterMs: 600,
      translates: {
        pairs: languages.flatMap((source) =>
          languages.filter((target) => target !== source).map((target) => ({ source, target }))
        ),
        atOnce: 1,
      },
    },
    rates: [16_000, 24_000, 48_000, 8_000, 44_100],
    chunk: { bestMs: 100 },
    // "Real-time or near real-time": a burst is let pass, a long one is not.
    pacing: { speed: 2, burstMs: 10_000 },
    finalize: { answer: "acknowledged", timeoutMs: 5000 },
    keepalive: { idleMs: 10_000, message: keepaliveMessage },
    end: { answer: "finished", timeoutMs: 10_000 },
    sessionLimitMs: 300 * 60_000,
    concurrency,
    billing: "session",
    lagMs: 3000,
    connection: (speech) => new SonioxConnection(options, speech),
  };
}

class SonioxConnection implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly opening: readonly string[];
  readonly #languages: readonly LanguageTag[];
  readonly #target: LanguageTag | undefined;
  /** Final tokens of the utterance that more may belong to. */
  #rest: readonly Token[] = [];
  /** How much of the utterance is in which language, in letters, by Soniox's codes. */
  readonly #spoken = new Map<string, number>();
  #tentative = "";

  constructor(options: SonioxOptions, { languages, rate, glossary, targets: [target] }: WireSpeech) {
    const { model, sensitivity, endpointMs } = options;
    ({ url: this.url, headers: this.headers } = connection(options));
    this.#languages = languages;
    this.#target = target;
    this.opening = [startMessage({
      model,
      languages: [...new Set(languages.map(codeOf))],
      rate,
      glossary,
      target: target && codeOf(target),
      sensitivity,
      endpointMs,
    })];
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    if (typeof message !== "string") return [];
    const { parts, translation, heardToMs, finished } = readMessage(message);
    const events: WireEvent[] = [];
    for (const [index, part] of parts.entries()) {
      events.push(this.#hear(part, heardToMs));
      // What is translated of an utterance is told before its end.
      if (index === 0) events.push(...this.#translated(translation));
      if (part.end) events.push({ type: part.end });
    }
    if (finished) events.push({ type: "finished" });
    return events;
  }

  finalize(): readonly string[] {
    return [finalizeMessage];
  }

  end(): readonly string[] {
    return [endMessage];
  }

  #hear({ tokens, end }: SonioxPart, toMs: number): WireEvent {
    for (const { text, final, language } of tokens) {
      if (final && language) this.#spoken.set(language, (this.#spoken.get(language) ?? 0) + text.length);
    }
    const language = this.#language(tokens);
    const { settled, open, rest } = joinTokens([...this.#rest, ...tokens], language ?? this.#languages[0]!);
    this.#rest = end ? [] : rest;
    if (end) this.#spoken.clear();
    const over = { append: [...settled, ...open], tentative: [] };
    return { type: "heard", ...(end ? over : { append: settled, tentative: open }), toMs, language };
  }

  /** What most of the utterance is in, of what was asked for. */
  #language(tokens: SonioxPart["tokens"]): LanguageTag | undefined {
    let most: string | undefined;
    for (const [code, letters] of this.#spoken) {
      if (letters > (this.#spoken.get(most ?? "") ?? 0)) most = code;
    }
    most ??= tokens.find(({ language }) => language)?.language;
    const tag = canonicalTag(most ?? "");
    return tag && closestTag(tag, this.#languages);
  }

  #translated({ append, tentative }: { readonly append: string; readonly tentative: string }): WireEvent[] {
    const isNew = append !== "" || tentative !== this.#tentative;
    this.#tentative = tentative;
    return isNew && this.#target ? [{ type: "translated", target: this.#target, append, tentative }] : [];
  }
}
