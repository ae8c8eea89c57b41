import { canonicalTag, type LanguageTag, primarySubtag } from "../../pipeline/language.ts";
import type { Word } from "../../pipeline/ports.ts";
import { closestTag } from "../net/closest_tag.ts";
import type {
  RecognizerWire,
  WireConnection,
  WireEvent,
  WireMessage,
  WireSpeech,
} from "../net/recognizer_wire.ts";
import { SourceMap } from "../net/source_map.ts";
import { closeMessage, connection, type FluxAccess, forceMessage, readMessage } from "./wire.ts";

/** Options of {@linkcode fluxWire}. */
export interface FluxOptions extends FluxAccess {
  /** The model for English alone, and the one for several languages or another. */
  readonly models: { readonly english: string; readonly multilingual: string };
  readonly languages: readonly LanguageTag[];
  /** How sure Flux has to be that a turn is over: 0.5 to 1. */
  readonly threshold: number;
  /** After how much silence a turn is over anyway, in ms. */
  readonly timeoutMs: number;
  /** Whether turns can be ended by a message; servers of one's own may not know it, and close the connection. */
  readonly forcing: boolean;
  /** How many streams the plan allows at a time. */
  readonly concurrency: number;
}

/**
 * What Flux asks for, and its messages (https://developers.deepgram.com/docs/flux). It has no message that keeps a connection open, so silence
 * does. It closes without ending the turn, so that is ended first; where it cannot be, what the last update said is final.
 */
export function fluxWire(options: FluxOptions): RecognizerWire {
  const { languages, forcing, concurrency } = options;
  return {
    name: "deepgram_flux",
    provider: "Deepgram Flux",
    traits: { languages, stableAfterMs: 800 },
    rates: [16_000, 24_000, 48_000, 44_100, 8000],
    chunk: { bestMs: chunkMs, minMs: chunkMs },
    finalize: forcing ? { answer: "acknowledged", timeoutMs: 2000 } : { answer: "none", timeoutMs: 1000 },
    keepalive: { idleMs: 4000, silenceMs: chunkMs },
    end: { answer: "close", timeoutMs: 5000 },
    concurrency,
    billing: "audio",
    // DATA-0000: what was sent is no audio.
    closing: (code) => code === 1008 ? "invalid_request" : undefined,
    connection: (speech) => new FluxConnection(options, speech),
  };
}

/** What Flux likes best, in ms. */
const chunkMs = 80;
/**
 * Flux answers to the end of a turn only where one was open, and tells of audio only when more has come, about every 250 ms. So silence goes before: what was
 * said is heard to its end, and if no turn is open, that all is heard is the answer. In pieces of `chunkMs`.
 */
const silentChunks = 8;
/** Flux tells about every 250 ms what it heard; the port wants to know in smaller steps how far that is, in ms. At most so many at a time. */
const stepMs = 80;
const stepLimit = 8;

class FluxConnection implements WireConnection {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly opening = [];
  readonly #languages: readonly LanguageTag[];
  readonly #forcing: boolean;
  readonly #silence: Uint8Array;
  /** Where that silence is, in ms: what has to be counted are the times without it. */
  readonly #map = new SourceMap(1000);
  /** Whether there is any. */
  #isMoved = false;
  #isOpen = false;
  #sentToMs = 0;
  #heardToMs = 0;
  /** The words of the last message, and where they are without that silence. */
  #words: readonly Word[] = [];
  readonly #places = new WeakMap<Word, Word>();
  /** How far the audio went when the turn was told to end, until it has. */
  #finalizeMs: number | undefined;

  constructor(options: FluxOptions, { languages, rate, glossary }: WireSpeech) {
    const { models, threshold, timeoutMs } = options;
    this.#languages = languages;
    this.#forcing = options.forcing;
    this.#silence = new Uint8Array(2 * rate * chunkMs / 1000);
    const codes = [...new Set(languages.map(primarySubtag))];
    const english = codes.every((code) => code === "en");
    ({ url: this.url, headers: this.headers } = connection(options, {
      model: english ? models.english : models.multilingual,
      hints: english ? [] : codes,
      rate,
      glossary,
      threshold,
      timeoutMs,
    }));
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const turn = typeof message === "string" ? readMessage(message, this.#words) : undefined;
    if (!turn) return [];
    this.#words = turn.words;
    const { state, languages: [detected = ""] } = turn;
    const words = this.#isMoved ? turn.words.map(this.#placed) : turn.words;
    const toMs = this.#map.positionAt(turn.heardToMs, "ends");
    const tag = canonicalTag(detected);
    const language = tag && closestTag(tag, this.#languages);
    const fromMs = this.#heardToMs;
    this.#heardToMs = Math.max(fromMs, toMs);
    const events: WireEvent[] = [];
    if (state === "started") events.push({ type: "started", ...startOf(words) });
    const heard = { type: "heard", append: [], tentative: words, language } as const;
    const [firstMs = toMs, ...laterMs] = steps(fromMs, toMs);
    if (firstMs < toMs || state !== "ended") events.push({ ...heard, toMs: firstMs });
    for (const atMs of laterMs) events.push({ type: "unchanged", toMs: atMs });
    this.#isOpen = state !== "ended" && (this.#isOpen || state === "started" || words.length > 0);
    if (state === "ended") events.push({ ...heard, append: words, tentative: [], toMs }, { type: "ended" });
    else if (firstMs < toMs) events.push({ type: "unchanged", toMs });
    if (this.#isFinalized(turn.forced)) {
      this.#finalizeMs = undefined;
      events.push({ type: "finalized" });
    }
    return events;
  }

  sent(toMs: number): void {
    this.#map.flow(this.#sentToMs, toMs - this.#sentToMs);
    this.#sentToMs = toMs;
  }

  finalize(): readonly WireMessage[] {
    if (!this.#isOpen && this.#heardToMs >= this.#sentToMs) return [];
    this.#finalizeMs = this.#sentToMs;
    this.#map.hold(silentChunks * chunkMs);
    this.#isMoved = true;
    return [...new Array<Uint8Array>(silentChunks).fill(this.#silence), forceMessage];
  }

  end(): readonly string[] {
    return this.#forcing ? [forceMessage, closeMessage] : [closeMessage];
  }

  readonly #placed = (word: Word): Word => {
    const known = this.#places.get(word);
    if (known) return known;
    const startMs = this.#map.positionAt(word.startMs, "begins");
    const placed = { ...word, startMs, endMs: Math.max(startMs, this.#map.positionAt(word.endMs, "ends")) };
    this.#places.set(word, placed);
    return placed;
  };

  /** Where no turn is open, nothing more comes than that all is heard. */
  #isFinalized(forced: boolean): boolean {
    if (this.#finalizeMs === undefined) return false;
    return forced || !this.#isOpen && this.#heardToMs >= this.#finalizeMs;
  }
}

/** Moments between two others. What is new may have been heard at any time between them, so it counts from the first on. */
function steps(fromMs: number, toMs: number): readonly number[] {
  const count = Math.min(stepLimit, Math.ceil((toMs - fromMs) / stepMs));
  const lengthMs = (toMs - fromMs) / count;
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => fromMs + (index + 1) * lengthMs);
}

function startOf([first]: readonly { readonly startMs: number }[]): { readonly atMs?: number } {
  return first ? { atMs: first.startMs } : {};
}
