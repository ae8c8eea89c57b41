import { Queue } from "../flow/queue.ts";
import { MAX_BINARY_BYTES } from "../protocol/limits.ts";
import type { ClientEvent } from "./event.ts";

/** What has arrived and was not read yet, bounded by the window that it grants the service. */
export class Inbox {
  readonly #limitBytes: number;
  readonly #queue: Queue<{ readonly event: ClientEvent; readonly bytes: number }>;
  readonly #never = new AbortController();

  /** @param limitBytes how much may wait; a message that is larger than the window may come on top of it. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#queue = new Queue({ limit: limitBytes + MAX_BINARY_BYTES, weigh: (item) => item.bytes });
  }

  /** How many more bytes may come. */
  get windowBytes(): number {
    return Math.max(0, this.#limitBytes - this.#queue.weight);
  }

  /** Puts an event in that came with so many bytes; returns false when there is no room for it. */
  push(event: ClientEvent, bytes: number): boolean {
    return this.#queue.push({ event, bytes });
  }

  /** Nothing more comes. */
  close(): void {
    this.#queue.close();
  }

  /** Drops what is inside; reading rejects with `reason`. */
  fail(reason: unknown): void {
    this.#queue.fail(reason);
  }

  /** The events as they come, to be read by one reader. */
  async *events(): AsyncGenerator<ClientEvent, void> {
    for await (const { event } of this.#queue.items(this.#never.signal)) yield event;
  }
}
