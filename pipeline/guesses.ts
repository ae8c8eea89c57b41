import type { Clock } from "../flow/clock.ts";
import { Crew } from "../flow/crew.ts";
import { LinkedAbort } from "../flow/linked_abort.ts";
import { Queue } from "../flow/queue.ts";
import type { Translation, TranslationEvent, TranslationRequest } from "./ports.ts";

/** How a guess ended: its segment became what was guessed, or something else. */
export type GuessOutcome = "right" | "wrong";

/** What {@linkcode Guesses} are made with. */
export interface GuessesOptions {
  readonly clock: Clock;
  /** Whether anything may be translated that may have to be thrown away; always when absent. */
  readonly mayGuess?: () => boolean;
  /** Is told how every guess ended. */
  readonly onOutcome?: (segment: number, outcome: GuessOutcome) => void;
}

/** Guessing pays where the translator takes longer than this to its first text, in ms. */
const worthMs = 30;
/** How many wrong guesses a session begins with, how many more each segment earns, and the most that are saved up. */
const firstTokens = 2;
const earned = 0.25;
const mostTokens = 4;
/** More pieces than the translation of one clause has. */
const pieceLimit = 256;

interface Guess {
  readonly request: TranslationRequest;
  readonly events: Queue<TranslationEvent>;
  readonly stop: AbortController;
  failed: boolean;
}

/**
 * Stands before a translator and has segments translated before they are certain: a guess whose segment becomes what was guessed is handed out without
 * a second request; another one is given up. Wrong guesses cost what right ones do, so there is a budget for them; and where the translator answers at
 * once nothing is guessed.
 */
export class Guesses {
  readonly #translation: () => Translation;
  readonly #options: GuessesOptions;
  readonly #crew = new Crew();
  #guess: Guess | undefined;
  #busy = false;
  #closed = false;
  #tokens = firstTokens;
  /** How long the translator takes to its first text, smoothed. */
  #latencyMs = 0;

  constructor(translation: () => Translation, options: GuessesOptions) {
    this.#translation = translation;
    this.#options = options;
  }

  /** A segment may become this: has it translated, unless something certain is translated just now or it is not worth it. */
  guess(request: TranslationRequest): void {
    const { mayGuess = always } = this.#options;
    if (this.#busy || this.#closed || this.#latencyMs < worthMs || isSame(this.#guess?.request, request)) {
      return;
    }
    this.#giveUp();
    if (this.#tokens < 1 || !mayGuess()) return;
    const guess: Guess = {
      request,
      events: new Queue({ limit: pieceLimit }),
      stop: new AbortController(),
      failed: false,
    };
    this.#guess = guess;
    this.#crew.join((signal) => this.#work(guess, signal));
  }

  /** Translates a segment that is certain now. */
  async *translate(request: TranslationRequest, signal: AbortSignal): AsyncGenerator<TranslationEvent> {
    this.#busy = true;
    this.#tokens = Math.min(mostTokens, this.#tokens + earned);
    try {
      const guess = this.#take(request);
      let begun = false;
      if (guess) {
        try {
          for await (const event of guess.events.items(signal)) {
            begun = true;
            yield event;
          }
          return;
        } catch (error) {
          // A guess that failed before it said anything was only a guess.
          if (signal.aborted || begun || !guess.failed) throw error;
        } finally {
          guess.stop.abort(new DOMException("The guess is used up", "AbortError"));
        }
      }
      yield* this.#ask(request, signal);
    } finally {
      this.#busy = false;
    }
  }

  /** Works on guesses until `close`. */
  run(signal: AbortSignal): Promise<void> {
    return this.#crew.run(signal);
  }

  /** Nothing more is guessed. */
  close(): void {
    this.#closed = true;
    this.#giveUp();
    this.#crew.close();
  }

  async *#ask(request: TranslationRequest, signal: AbortSignal): AsyncGenerator<TranslationEvent> {
    const { clock } = this.#options;
    const startMs = clock.now();
    let first = true;
    for await (const event of this.#translation().translate(request, signal)) {
      if (first && event.type === "append" && event.text !== "") {
        first = false;
        const tookMs = clock.now() - startMs;
        this.#latencyMs = this.#latencyMs === 0 ? tookMs : 0.75 * this.#latencyMs + 0.25 * tookMs;
      }
      yield event;
    }
  }

  async #work(guess: Guess, signal: AbortSignal): Promise<void> {
    const { request, events, stop } = guess;
    using either = new LinkedAbort(signal, stop.signal);
    try {
      for await (const event of this.#ask(request, either.signal)) {
        if (!events.push(event)) {
          throw new RangeError(`Cannot keep a translation: it has over ${pieceLimit} pieces`);
        }
      }
      events.close();
    } catch (error) {
      guess.failed = true;
      events.fail(error);
    }
  }

  /** The guess, if it is what the segment became. */
  #take(request: TranslationRequest): Guess | undefined {
    const guess = this.#guess;
    if (!guess) return undefined;
    if (!isSame(guess.request, request)) {
      this.#giveUp();
      return undefined;
    }
    this.#guess = undefined;
    this.#options.onOutcome?.(request.segment, "right");
    return guess;
  }

  #giveUp(): void {
    const guess = this.#guess;
    if (!guess) return;
    this.#guess = undefined;
    this.#tokens -= 1;
    guess.stop.abort(new DOMException("The guess was wrong", "AbortError"));
    this.#options.onOutcome?.(guess.request.segment, "wrong");
  }
}

const always = () => true;

function isSame(guess: TranslationRequest | undefined, request: TranslationRequest): boolean {
  return guess !== undefined && guess.segment === request.segment && guess.text === request.text;
}
