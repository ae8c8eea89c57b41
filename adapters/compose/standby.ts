import type { Clock } from "../../flow/clock.ts";

/** Options of a {@linkcode Standby}. */
export interface StandbyOptions<Session> {
  readonly clock: Clock;
  /** How long to wait before the first attempt to open, and after one that failed, in ms. */
  readonly afterMs: number;
  /** Opens what is to be held ready; nothing is when absent. */
  readonly open?: (signal: AbortSignal) => Promise<Session>;
}

/** Holds something better ready, opened aside from the work, to be taken at a good moment. */
export class Standby<Session extends { readonly hearing: AsyncDisposable }> implements AsyncDisposable {
  readonly #options: StandbyOptions<Session>;
  readonly #stop = new AbortController();
  #dueMs: number;
  #opening: Promise<void> | undefined;
  #ready: Session | undefined;

  constructor(options: StandbyOptions<Session>) {
    this.#options = options;
    this.#dueMs = options.clock.now() + options.afterMs;
  }

  /** Takes what is ready; when nothing is, sees to it that something will be. */
  take(): Session | undefined {
    const { clock, open } = this.#options;
    const ready = this.#ready;
    this.#ready = undefined;
    if (!ready && open && !this.#opening && clock.now() >= this.#dueMs) this.#opening = this.#open(open);
    return ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#opening;
    await this.#ready?.hearing[Symbol.asyncDispose]();
  }

  async #open(open: (signal: AbortSignal) => Promise<Session>): Promise<void> {
    const { clock, afterMs } = this.#options;
    try {
      this.#ready = await open(this.#stop.signal);
    } catch {
      // Not well yet: its breaker and its measurements tell why.
    }
    this.#dueMs = clock.now() + afterMs;
    this.#opening = undefined;
  }
}
