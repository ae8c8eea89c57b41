import type { Clock } from "../../flow/clock.ts";

/** Options of a {@linkcode Watchdog}. */
export interface WatchdogOptions {
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** Called once, when something has been waited for as long as that. */
  readonly bark: () => void;
  /** Whether waiting counts from the beginning, rather than from `arm` on; true by default. */
  readonly armed?: boolean;
}

/** Watches over one wait after the other, with a single timer: a timer for each would cost more than what is waited for. */
export class Watchdog implements Disposable {
  readonly #options: WatchdogOptions;
  readonly #over = new AbortController();
  #armed: boolean;
  #sinceMs: number | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#armed = options.armed ?? true;
    this.#watch().catch(() => {});
  }

  /** From now on waiting counts. */
  arm(): void {
    this.#armed = true;
    if (this.#sinceMs !== undefined) this.begin();
  }

  /** Waiting does not count any more, until `arm`. */
  disarm(): void {
    this.#armed = false;
  }

  /** A wait begins. */
  begin(): void {
    this.#sinceMs = this.#options.clock.now();
  }

  /** What was waited for has come. */
  end(): void {
    this.#sinceMs = undefined;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  async #watch(): Promise<void> {
    const { clock, deadlineMs, bark } = this.#options;
    while (true) {
      const waitedMs = this.#armed && this.#sinceMs !== undefined ? clock.now() - this.#sinceMs : 0;
      if (waitedMs >= deadlineMs) return bark();
      await clock.sleep(deadlineMs - waitedMs, this.#over.signal);
    }
  }
}
