import { type Clock, longestSleepMs } from "./clock.ts";
import type { Task } from "./together.ts";

/** Options of {@linkcode BackgroundTasks}. */
export interface BackgroundTasksOptions {
  readonly clock: Clock;
  /** How many tasks may run at a time; 64 by default. */
  readonly limit?: number;
  /** Is told of every task that failed, its deadline included; what it throws is lost. */
  readonly onFailure?: (name: string, error: unknown) => void;
}

/** How one task is to be run. */
export interface BackgroundTaskOptions {
  /** How long it may take, in ms; then its signal aborts with a `TimeoutError`. */
  readonly deadlineMs: number;
  /** Whether `drain` lets it end by itself while there is time (a write) or stops it at once (a probe); true by default. */
  readonly finish?: boolean;
}

interface Running {
  readonly name: string;
  readonly finish: boolean;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Work that nobody waits for: bounded in number, named, each with a deadline. A failure reaches `onFailure` and nobody else. A task that does
 * not hear its signal keeps its place until it ends.
 */
export class BackgroundTasks implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #onFailure: (name: string, error: unknown) => void;
  readonly #running = new Set<Running>();
  #draining = false;

  /** @throws {RangeError} when the limit is below 1 or not a number. */
  constructor({ clock, limit = 64, onFailure = () => {} }: BackgroundTasksOptions) {
    if (!(limit >= 1)) {
      throw new RangeError(`Cannot run tasks in the background: limit is ${limit}, expected at least 1`);
    }
    this.#clock = clock;
    this.#limit = limit;
    this.#onFailure = onFailure;
  }

  /** How many tasks run. */
  get size(): number {
    return this.#running.size;
  }

  /** The names of the tasks that run, oldest first. */
  get names(): readonly string[] {
    return [...this.#running].map(({ name }) => name);
  }

  /**
   * Starts a task, unless there is no room or `drain` was called: then it returns false, and the task never runs.
   *
   * @throws {RangeError} when the deadline is negative or longer than a clock can wait.
   */
  start(name: string, task: Task<void>, { deadlineMs, finish = true }: BackgroundTaskOptions): boolean {
    if (!(deadlineMs >= 0 && deadlineMs <= longestSleepMs)) {
      throw new RangeError(
        `Cannot start ${name}: deadlineMs is ${deadlineMs}, expected 0 to ${longestSleepMs}`,
      );
    }
    if (this.#draining || this.#running.size >= this.#limit) return false;
    const stop = new AbortController();
    const running: Running = { name, finish, stop, ended: this.#run(name, task, deadlineMs, stop) };
    this.#running.add(running);
    running.ended.then(() => this.#running.delete(running));
    return true;
  }

  /**
   * Starts no more tasks and waits up to `ms` for those that are to finish; the others, and what is left then, are stopped. Never rejects.
   *
   * @returns the names of the tasks that did not end even so: they do not hear their signals.
   */
  async drain(ms: number): Promise<readonly string[]> {
    this.#draining = true;
    const reason = new DOMException("The background work was stopped", "AbortError");
    for (const { finish, stop } of this.#running) if (!finish) stop.abort(reason);
    const done = new AbortController();
    const allEnded = Promise.all([...this.#running].map(({ ended }) => ended)).then(() => done.abort());
    if (this.#running.size > 0 && ms > 0) await this.#clock.sleep(ms, done.signal).catch(() => {});
    for (const { stop } of this.#running) stop.abort(reason);
    // What hears its signal ends within a turn of the event loop; nobody waits for the rest.
    let turn: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([allEnded, new Promise<void>((resolve) => turn = setTimeout(resolve, 0))]);
    clearTimeout(turn);
    return this.names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }

  async #run(name: string, task: Task<void>, deadlineMs: number, stop: AbortController): Promise<void> {
    const ended = new AbortController();
    this.#clock.sleep(deadlineMs, ended.signal).then(
      () => stop.abort(new DOMException(`${name} took longer than ${deadlineMs} ms`, "TimeoutError")),
      () => {},
    );
    try {
      // A turn later, so that what the task throws at once is captured like the rest and `start` never throws for it.
      await Promise.resolve();
      await task(stop.signal);
    } catch (error) {
      const stopped = stop.signal.aborted && isAbort(stop.signal.reason);
      if (!stopped) this.#tell(name, error);
    } finally {
      ended.abort();
    }
  }

  #tell(name: string, error: unknown): void {
    try {
      this.#onFailure(name, error);
    } catch {
      // Nobody is left to be told.
    }
  }
}

function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "AbortError";
}
