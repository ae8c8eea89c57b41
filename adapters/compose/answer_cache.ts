import { LRUCache } from "lru-cache";
import type { Clock } from "../../flow/clock.ts";
import type { EngineObserver, EngineStage } from "./engine_event.ts";
import { SharedAnswer } from "./shared_answer.ts";

/** Options of an {@linkcode AnswerCache}. */
export interface AnswerCacheOptions {
  readonly clock: Clock;
  /** How much is kept, by `weigh`. */
  readonly limitBytes: number;
  /** How long an answer is kept, in ms. */
  readonly maxAgeMs: number;
}

/** No single answer takes more of the cache than this share. */
const largestShare = 1 / 8;

/**
 * Answers that were given before, bounded by bytes and age; the ones that were not used for longest go first. Who asks for what another one is just
 * getting shares that answer.
 */
export class AnswerCache<Event extends NonNullable<unknown>> {
  readonly #kept: LRUCache<string, readonly Event[]>;
  readonly #running = new Map<string, SharedAnswer<Event>>();
  readonly #weigh: (event: Event) => number;

  /** @param weigh the bytes of an event. */
  constructor({ clock, limitBytes, maxAgeMs }: AnswerCacheOptions, weigh: (event: Event) => number) {
    this.#weigh = weigh;
    this.#kept = new LRUCache({
      maxSize: limitBytes,
      maxEntrySize: Math.ceil(limitBytes * largestShare),
      ttl: maxAgeMs,
      // Without a resolution it asks the clock each time instead of setting a timer.
      ttlResolution: 0,
      // It takes a time of 0 for none.
      perf: { now: () => clock.now() + 1 },
    });
  }

  /** How many bytes are kept. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  /**
   * The kept answer, the one that somebody else is getting, or one that is asked for now.
   *
   * @param ask gets the answer; may outlive this caller while others share it, until `began`'s promise resolves.
   * @param began is told of an answer that this caller began.
   * @param keep which events are to be kept and shared: not what was charged, for one.
   */
  async *answer(
    key: string,
    { ask, began, keep, tell }: {
      ask(signal: AbortSignal): AsyncIterable<Event>;
      began(done: Promise<void>): void;
      keep(event: Event): boolean;
      tell(result: "hit" | "shared" | "miss"): void;
    },
    signal: AbortSignal,
  ): AsyncGenerator<Event, void> {
    signal.throwIfAborted();
    const kept = this.#kept.get(key);
    if (kept) {
      tell("hit");
      for (const event of kept) {
        yield event;
        signal.throwIfAborted();
      }
      return;
    }
    const running = this.#running.get(key);
    if (running?.running) {
      tell("shared");
      for await (const event of running.read(signal)) if (keep(event)) yield event;
      return;
    }
    tell("miss");
    const shared: SharedAnswer<Event> = new SharedAnswer(ask, (events) => {
      if (this.#running.get(key) === shared) this.#running.delete(key);
      const worth = events?.filter(keep) ?? [];
      if (worth.length > 0) this.#kept.set(key, worth, { size: this.#size(key, worth) });
    });
    this.#running.set(key, shared);
    began(shared.done);
    yield* shared.read(signal);
  }

  #size(key: string, events: readonly Event[]): number {
    return events.reduce((sum, event) => sum + this.#weigh(event), 2 * key.length + 64);
  }
}

/** The parts of a key, put together so that no two lists of parts give the same key. */
export function cacheKey(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

/** Tells an observer of what a cache found. */
export function tellCache(
  observe: EngineObserver,
  stage: EngineStage,
  engine: string,
): (result: "hit" | "second" | "shared" | "miss") => void {
  return (result) => observe({ type: "cache", stage, engine, result });
}
