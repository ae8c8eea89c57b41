import { Queue } from "../flow/queue.ts";

/** How many events are kept. */
const LIMIT = 1_000;
/** Beyond this many, what can be missed is left out. */
const BUSY = 100;

/**
 * Events for one reader. A reader that is slow holds the writer back; while nobody reads, only the latest 1,000 events are kept, so that a page that
 * wants none can go on.
 */
export class EventFeed<T extends NonNullable<unknown>> {
  readonly #queue = new Queue<T>({ limit: LIMIT });
  readonly #never = new AbortController().signal;
  #reading = false;

  /** Gives an event; waits for a reader that is slow. */
  async send(event: T, signal: AbortSignal): Promise<void> {
    if (this.#reading) await this.#queue.send(event, signal);
    else this.tell(event);
  }

  /** Gives an event without waiting: the oldest makes room for it. */
  tell(event: T): void {
    if (this.#queue.push(event) || this.#queue.closed) return;
    // There is something to be received, so that this does not wait.
    void this.#queue.receive(this.#never).catch(() => {});
    this.#queue.push(event);
  }

  /** Gives an event that can be missed. */
  hint(event: T): void {
    if (this.#queue.size < BUSY) this.#queue.push(event);
  }

  /** Nothing more comes. */
  close(): void {
    this.#queue.close();
  }

  /** Reading rejects with `reason`. */
  fail(reason: unknown): void {
    this.#queue.fail(reason);
  }

  /** The events as they come. */
  async *events(): AsyncGenerator<T, void> {
    this.#reading = true;
    try {
      yield* this.#queue.items(this.#never);
    } finally {
      this.#reading = false;
      this.#queue.clear();
    }
  }
}
