import type { LanguageTag } from "../../pipeline/language.ts";
import type { Word } from "../../pipeline/ports.ts";
import { closestTag } from "../net/closest_tag.ts";
import type {
  RecognizerWire,
  WireConnection,
  WireEvent,
  WireSpeech,
  WireWord,
} from "../net/recognizer_wire.ts";
import {
  type AssemblyAiAccess,
  type AssemblyAiSpeech,
  type AssemblyAiTurn,
  closing,
  codeOf,
  connection,
  forceEndpointMessage,
  readMessage,
  terminateMessage,
} from "./wire.ts";

/** Options of {@linkcode assemblyAiWire}. */
export interface AssemblyAiOptions
  extends AssemblyAiAccess, Pick<AssemblyAiSpeech, "model" | "formatted" | "silenceMs" | "longestSilenceMs"> {
  readonly languages: readonly LanguageTag[];
  /** How many sessions the plan allows at a time. */
  readonly concurrency: number;
}

/** What AssemblyAI asks for, and one connection after the other. */
export function assemblyAiWire(options: AssemblyAiOptions): RecognizerWire {
  return {
    name: "assemblyai",
    provider: "AssemblyAI",
    traits: { languages: options.languages, stableAfterMs: 400 },
    rates: [16_000, 24_000, 48_000, 8000],
    chunk: { bestMs: 50, minMs: 50 },
    pacing: { speed: 1, burstMs: 1000 },
    finalize: { answer: "best_effort", timeoutMs: 1000 },
    end: { answer: "finished", timeoutMs: 5000 },
    sessionLimitMs: 3 * 3_600_000,
    concurrency: options.concurrency,
    billing: "session",
    lagMs: 1000,
    closing,
    connection: (speech) => new Turns(options, speech),
  };
}

/** A connection, on which each turn is an utterance. */
class Turns implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly opening = [];
  readonly awaitsReady = true;
  readonly #options: AssemblyAiOptions;
  readonly #languages: readonly LanguageTag[];
  /** The turn that is open or comes next; earlier ones have ended, whatever is still told of them. */
  #turn = 0;
  /** How many of its words were appended, and those that follow. */
  #appended = 0;
  #tentative: readonly WireWord[] = [];
  /** All words that were told last. */
  #known: readonly Word[] = [];
  #sentMs = 0;
  #finalizedMs = 0;
  #finalizing = false;

  constructor(options: AssemblyAiOptions, { languages, rate, glossary }: WireSpeech) {
    this.#options = options;
    this.#languages = languages;
    const speech = { ...options, rate, languages: languages.map(codeOf), glossary };
    ({ url: this.url, headers: this.headers } = connection(options, speech));
  }

  sent(toMs: number): void {
    this.#sentMs = toMs;
  }

  finalize(): readonly string[] {
    if (this.#sentMs === this.#finalizedMs) return [];
    this.#finalizedMs = this.#sentMs;
    this.#finalizing = true;
    return [forceEndpointMessage];
  }

  end(): readonly string[] {
    return [terminateMessage];
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const said = typeof message === "string" ? readMessage(message, this.#known) : undefined;
    switch (said?.type) {
      case "begin":
        return [{ type: "ready" }];
      case "speech":
        return [{ type: "started", atMs: said.atMs }];
      case "turn":
        return this.#hear(said);
      case "termination":
        return [...this.#abandon(), { type: "finished" }];
      case "error":
        return [{ type: "failed", error: said.error }];
      default:
        return [];
    }
  }

  #hear(turn: AssemblyAiTurn): WireEvent[] {
    this.#known = turn.words;
    if (turn.turn < this.#turn) return [];
    const events = turn.turn > this.#turn ? this.#abandon() : [];
    this.#turn = turn.turn;
    // Formatting changes the words, so that none of them stays before; what has ended is told once more then.
    const over = turn.ended && (turn.formatted || !this.#options.formatted);
    const stays = over ? turn.words.length : this.#options.formatted ? 0 : turn.stable;
    const stable = Math.max(this.#appended, stays);
    const append = turn.words.slice(this.#appended, stable);
    this.#appended = stable;
    this.#tentative = turn.words.slice(stable);
    events.push({
      type: "heard",
      append,
      tentative: this.#tentative,
      language: turn.language === undefined ? undefined : closestTag(turn.language, this.#languages),
    });
    if (over) events.push(...this.#next());
    return events;
  }

  /** A turn of which no end was told: its words stay as they are. */
  #abandon(): WireEvent[] {
    if (this.#appended === 0 && this.#tentative.length === 0) return [];
    return [{ type: "heard", append: this.#tentative, tentative: [] }, ...this.#next()];
  }

  /** The end of a turn, which answers a finalize where one is out; where it comes too late for that, it is an end all the same. */
  #next(): WireEvent[] {
    const finalizing = this.#finalizing;
    this.#finalizing = false;
    this.#turn += 1;
    this.#appended = 0;
    this.#tentative = [];
    return [{ type: "ended" }, ...(finalizing ? [{ type: "finalized" } as const] : [])];
  }
}
