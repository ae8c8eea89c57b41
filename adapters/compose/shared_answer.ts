import { unlessAborted } from "../../flow/abortable.ts";

/** One answer for all who ask the same at the same time: everybody gets it from its beginning. When the last of them has left, it is cancelled. */
export class SharedAnswer<Event> {
  readonly #stop = new AbortController();
  readonly #iterator: AsyncIterator<Event>;
  readonly #onEnd: (events: readonly Event[] | undefined) => void;
  readonly #done = Promise.withResolvers<void>();
  readonly #events: Event[] = [];
  #pulling: Promise<void> | undefined;
  #readers = 0;
  #state: "running" | "ended" | "failed" = "running";
  #failure: unknown;

  /** @param onEnd gets the whole answer, or `undefined` when it failed or was cancelled. */
  constructor(
    ask: (signal: AbortSignal) => AsyncIterable<Event>,
    onEnd: (events: readonly Event[] | undefined) => void,
  ) {
    this.#iterator = ask(this.#stop.signal)[Symbol.asyncIterator]();
    this.#onEnd = onEnd;
  }

  /** Whether it still comes, so that others may join. */
  get running(): boolean {
    return this.#state === "running";
  }

  /** Resolves when it has ended, however that came. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /**
   * The answer from its beginning.
   *
   * @throws what the answer throws, or `signal.reason`.
   */
  async *read(signal: AbortSignal): AsyncGenerator<Event, void> {
    this.#readers += 1;
    try {
      for (let index = 0;; index += 1) {
        while (index >= this.#events.length) {
          if (this.#state === "failed") throw this.#failure;
          if (this.#state === "ended") return;
          await unlessAborted(this.#pulling ??= this.#pull(), signal);
        }
        yield this.#events[index]!;
        signal.throwIfAborted();
      }
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0 && this.running) await this.#cancel(signal.reason);
    }
  }

  /** Driven by whoever is furthest; never rejects. */
  async #pull(): Promise<void> {
    try {
      const next = await this.#iterator.next();
      if (next.done) this.#end("ended");
      else this.#events.push(next.value);
    } catch (error) {
      this.#failure = error;
      this.#end("failed");
    } finally {
      this.#pulling = undefined;
    }
  }

  async #cancel(reason: unknown): Promise<void> {
    this.#failure = reason;
    this.#state = "failed";
    this.#onEnd(undefined);
    this.#stop.abort(reason);
    await this.#pulling;
    await this.#iterator.return?.().catch(() => {});
    this.#done.resolve();
  }

  #end(state: "ended" | "failed"): void {
    if (!this.running) return;
    this.#state = state;
    this.#onEnd(state === "ended" ? this.#events : undefined);
    this.#done.resolve();
  }
}
