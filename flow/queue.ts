interface Waiter<T> {
  readonly signal: AbortSignal;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** Options of a {@linkcode Queue}. */
export interface QueueOptions<T> {
  /** How much the queue holds, in the unit of `weigh`; at least 1. */
  readonly limit: number;
  /** What one item counts for, the same whenever it is asked; 1 by default, so that `limit` counts items. */
  readonly weigh?: (item: T) => number;
}

/**
 * A bounded first-in, first-out buffer between one or several producers and one consumer. `push` serves producers that cannot wait (a
 * socket), `send` those that can (a stage).
 *
 * An item heavier than the limit is accepted when the queue is empty, so that a single large item cannot block for ever.
 */
export class Queue<T extends NonNullable<unknown>> {
  readonly limit: number;
  #weigh: (item: T) => number;
  #items: (T | undefined)[] = [];
  #head = 0;
  #weight = 0;
  #closed = false;
  #failure: { reason: unknown } | undefined;
  #receiver: Waiter<T | undefined> | undefined;
  #senders: (Waiter<void> & { item: T })[] = [];

  /** @throws {RangeError} when the limit is below 1 or not a number. */
  constructor(options: QueueOptions<T>) {
    if (!(options.limit >= 1)) {
      throw new RangeError(`Cannot create a queue: limit is ${options.limit}, expected at least 1`);
    }
    this.limit = options.limit;
    this.#weigh = options.weigh ?? (() => 1);
  }

  /** The number of items that wait to be received. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The weight of the items that wait to be received. */
  get weight(): number {
    return this.#weight;
  }

  /** Whether `close` or `fail` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Puts an item in without waiting; returns false, and changes nothing, when there is no room or the queue is closed. */
  push(item: T): boolean {
    if (this.#closed || this.#senders.length > 0 || !this.#fits(item)) return false;
    this.#put(item);
    return true;
  }

  /**
   * Puts an item in as soon as there is room, in the order of the calls.
   *
   * @throws `signal.reason` when the signal aborts first, the reason of `fail`, or a `TypeError` when the queue is closed.
   */
  send(item: T, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#closed) return Promise.reject(this.#closedError());
    if (this.#senders.length === 0 && this.#fits(item)) {
      this.#put(item);
      return Promise.resolve();
    }
    return this.#wait(signal, (waiter) => {
      const sender = { ...waiter, item };
      this.#senders.push(sender);
      return () => {
        const index = this.#senders.indexOf(sender);
        if (index >= 0) this.#senders.splice(index, 1);
        this.#admit();
      };
    });
  }

  /**
   * Takes the oldest item; `undefined` once the queue is closed and empty.
   *
   * @throws `signal.reason` when the signal aborts first, the reason of `fail`, or a `TypeError` when another `receive` is waiting.
   */
  receive(signal: AbortSignal): Promise<T | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#failure) return Promise.reject(this.#failure.reason);
    if (this.size > 0) return Promise.resolve(this.#take());
    if (this.#closed) return Promise.resolve(undefined);
    if (this.#occupied) return Promise.reject(occupied());
    return this.#wait<T | undefined>(signal, (waiter) => {
      this.#receiver = waiter;
      return () => {
        if (this.#receiver === waiter) this.#receiver = undefined;
      };
    });
  }

  /**
   * The items as they come, until the queue is closed and empty; rejects as `receive` does. To be read by one reader, one item after the other. It listens to the
   * signal from its first wait to its end, so that a stream of items costs neither a listener nor more than one promise each.
   */
  items(signal: AbortSignal): AsyncIterableIterator<T, undefined> {
    let resolve: (result: IteratorResult<T, undefined>) => void;
    let reject: (reason: unknown) => void;
    let waiting = false;
    let listening = false;
    let ended = false;
    const end = () => {
      ended = true;
      if (listening) signal.removeEventListener("abort", onAbort);
    };
    const refuse = (reason: unknown) => {
      end();
      return Promise.reject(reason);
    };
    const reader: Waiter<T | undefined> = {
      signal,
      resolve(value) {
        waiting = false;
        if (value === undefined) end();
        resolve(value === undefined ? over : { done: false, value });
      },
      reject(reason) {
        waiting = false;
        end();
        reject(reason);
      },
    };
    const leave = () => {
      if (this.#receiver === reader) this.#receiver = undefined;
      end();
    };
    const onAbort = () => {
      if (!waiting) return;
      leave();
      reader.reject(signal.reason);
    };
    const wait = () => {
      if (!listening) signal.addEventListener("abort", onAbort, { once: true });
      listening = waiting = true;
      this.#receiver = reader;
      return new Promise<IteratorResult<T, undefined>>((yes, no) => {
        resolve = yes;
        reject = no;
      });
    };
    return {
      next: () => {
        if (ended) return Promise.resolve(over);
        if (signal.aborted) return refuse(signal.reason);
        if (this.#failure) return refuse(this.#failure.reason);
        if (this.size > 0) return Promise.resolve({ done: false, value: this.#take() });
        if (!this.#closed) return this.#occupied ? refuse(occupied()) : wait();
        end();
        return Promise.resolve(over);
      },
      return: () => {
        leave();
        if (waiting) reader.resolve(undefined);
        return Promise.resolve(over);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** No more items come in; those inside can still be received. Waiting senders reject. Calling it again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rejectSenders();
    this.#deliver(undefined);
  }

  /** Ends the queue at once: what is inside is dropped, and every waiting or later call rejects with `reason`. */
  fail(reason: unknown): void {
    if (this.#failure) return;
    this.#closed = true;
    this.#failure = { reason };
    this.#items = [];
    this.#head = 0;
    this.#weight = 0;
    this.#rejectSenders();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.reject(reason);
  }

  /** Drops every item that waits; returns what was dropped, oldest first. Senders that wait move up. */
  clear(): T[] {
    const dropped = this.#items.slice(this.#head) as T[];
    this.#items = [];
    this.#head = 0;
    this.#weight = 0;
    this.#admit();
    return dropped;
  }

  get #occupied(): boolean {
    return this.#receiver !== undefined && !this.#receiver.signal.aborted;
  }

  #fits(item: T): boolean {
    return this.size === 0 || this.#weight + this.#weigh(item) <= this.limit;
  }

  #put(item: T): void {
    if (this.#deliver(item)) return;
    this.#weight += this.#weigh(item);
    this.#items.push(item);
  }

  #deliver(item: T | undefined): boolean {
    const receiver = this.#receiver;
    if (!receiver || receiver.signal.aborted) return false;
    this.#receiver = undefined;
    receiver.resolve(item);
    return true;
  }

  #take(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    this.#weight -= this.#weigh(item);
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
      this.#weight = 0; // fractional weights do not add up to exactly nothing
    } else if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    this.#admit();
    return item;
  }

  /** Stops at a sender whose signal has aborted: it is about to withdraw, and then the next one is looked at. */
  #admit(): void {
    while (this.#senders.length > 0) {
      const sender = this.#senders[0]!;
      if (sender.signal.aborted || !this.#fits(sender.item)) return;
      this.#senders.shift();
      this.#put(sender.item);
      sender.resolve();
    }
  }

  #rejectSenders(): void {
    for (const sender of this.#senders.splice(0)) sender.reject(this.#closedError());
  }

  #closedError(): unknown {
    return this.#failure ? this.#failure.reason : new TypeError("Cannot send to the queue: it is closed");
  }

  #wait<V>(signal: AbortSignal, enlist: (waiter: Waiter<V>) => () => void): Promise<V> {
    return new Promise((resolve, reject) => {
      const withdraw = enlist({
        signal,
        resolve: (value) => {
          signal.removeEventListener("abort", onAbort);
          resolve(value);
        },
        reject: (reason) => {
          signal.removeEventListener("abort", onAbort);
          reject(reason);
        },
      });
      const onAbort = () => {
        withdraw();
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

function occupied(): TypeError {
  return new TypeError("Cannot receive from the queue: another receiver is waiting");
}
