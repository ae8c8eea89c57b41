import type { Input } from "../pipeline/ports.ts";
import { abortable } from "../flow/abortable.ts";

/**
 * The input of a hearing, kept from the position on that is not settled yet, so that another recognizer can hear it again. Driven by its reader: nothing
 * is taken in before it is asked for. Bounded: the oldest audio is forgotten first, flushes only when they were answered.
 */
export class Tape {
  readonly #iterator: AsyncIterator<Input>;
  readonly #limit: number;
  /** What was dropped from the middle leaves its place, so that the others keep their numbers. */
  readonly #items: (Input | undefined)[] = [];
  /** The number of the first item that is kept. */
  #first = 0;
  #samples = 0;
  #from = -Infinity;
  #pulling: Promise<void> | undefined;
  #ended = false;
  readonly #failed = new AbortController();

  /** @param limit how many samples are kept. */
  constructor(input: AsyncIterable<Input>, limit: number) {
    this.#iterator = input[Symbol.asyncIterator]();
    this.#limit = limit;
  }

  /** Whether all of the input was taken in. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Aborts when the input fails, with what it throws. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** How many samples are kept. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * What is kept, then what comes.
   *
   * @throws what the input throws, or `signal.reason`.
   */
  read(signal: AbortSignal): AsyncIterable<Input> {
    let number = this.#first;
    const next = (): Promise<IteratorResult<Input, undefined>> => {
      number = Math.max(number, this.#first);
      while (number - this.#first < this.#items.length) {
        const item = this.#items[number - this.#first];
        number += 1;
        if (!item || (item.type !== "flush" && end(item) <= this.#from)) continue;
        return Promise.resolve({ done: false, value: after(item, this.#from) });
      }
      if (this.failed.aborted) return Promise.reject(this.failed.reason);
      if (this.#ended) return Promise.resolve({ done: true, value: undefined });
      return (this.#pulling ??= this.#pull()).then(next);
    };
    return abortable({ [Symbol.asyncIterator]: () => ({ next }) }, signal);
  }

  /** Audio before `position` is not needed any more. */
  forget(position: number): void {
    if (position <= this.#from) return;
    this.#from = position;
    this.#drop((item) => item.type !== "flush" && end(item) <= position);
  }

  /** A flush was answered: nobody else has to answer it. */
  answered(id: number): void {
    const index = this.#items.findIndex((item) => item?.type === "flush" && item.id === id);
    if (index < 0) return;
    this.#items[index] = undefined;
    this.#drop(() => false);
  }

  /** Tells the input that nobody reads on. */
  close(): void {
    if (!this.#ended && !this.failed.aborted) this.#iterator.return?.().then(undefined, () => {});
  }

  /** Removes what is `old`, and empty places, from the oldest on. */
  #drop(old: (item: Input) => boolean): void {
    let count = 0;
    for (const item of this.#items) {
      if (item && !old(item)) break;
      this.#samples -= item ? samples(item) : 0;
      count += 1;
    }
    this.#items.splice(0, count);
    this.#first += count;
  }

  #pull(): Promise<void> {
    return this.#iterator.next().then(this.#pulled, this.#broken);
  }

  readonly #pulled = (next: IteratorResult<Input>): void => {
    this.#pulling = undefined;
    if (next.done) this.#ended = true;
    else this.#put(next.value);
  };

  readonly #broken = (reason: unknown): void => {
    this.#pulling = undefined;
    this.#failed.abort(reason);
  };

  #put(item: Input): void {
    this.#items.push(item);
    this.#samples += samples(item);
    while (this.#samples > this.#limit) {
      const index = this.#items.findIndex((item) => item && item.type !== "flush");
      if (index === this.#items.length - 1) return;
      this.#samples -= samples(this.#items[index]!);
      this.#items[index] = undefined;
      this.#drop(() => false);
    }
  }
}

/** What an item counts for, and where it ends, in samples. Opus comes in packets of 20 ms at 48 kHz. */
function samples(item: Input): number {
  if (item.type === "flush") return 0;
  return item.type === "frame" ? item.samples.length : item.packets.length * 960;
}

function end(item: Exclude<Input, { type: "flush" }>): number {
  return item.position + samples(item);
}

/** The part of an item from a position on; encoded audio is not cut. */
function after(item: Input, position: number): Input {
  if (item.type !== "frame" || item.position >= position || end(item) <= position) return item;
  return { ...item, position, samples: item.samples.subarray(position - item.position) };
}
