import { unlessAborted } from "../../../flow/abortable.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { NullFlushProcess } from "./null_flush.ts";

/** Options of a {@linkcode SharedProcess}. */
export interface SharedProcessOptions {
  /** What it is, for messages: `eng-spa`. */
  readonly name: string;
  /** Gives the programs with their arguments; asked at each start. */
  readonly commands: () => Promise<readonly (readonly string[])[]>;
  /**
   * Tells a whole answer from what the programs after a dead one still write at the end of their input, NUL included; every answer is
   * whole by default.
   */
  readonly isWhole?: (answer: string) => boolean;
  /** How many texts may wait; 64 by default. */
  readonly waitingLimit?: number;
  /** How long an answer may take, in ms; 5,000 by default. */
  readonly deadlineMs?: number;
  /** How long it goes on when nobody holds it, in ms; five minutes by default. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

/**
 * A {@linkcode NullFlushProcess} that many sessions use one after the other. It is started when it is needed, started again when it broke,
 * and ended when nobody has held it for a while.
 */
export class SharedProcess implements AsyncDisposable {
  #options: Required<SharedProcessOptions>;
  #process: NullFlushProcess | undefined;
  #programs: readonly string[] = [];
  #ending: Promise<void> = Promise.resolve();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #holders = 0;
  #idle: AbortController | undefined;
  #disposed = false;

  constructor(options: SharedProcessOptions) {
    this.#options = {
      isWhole: () => true,
      waitingLimit: 64,
      deadlineMs: 5000,
      idleMs: 300_000,
      clock: systemClock,
      ...options,
    };
  }

  /** Which process group it runs in; `undefined` while it does not run. */
  get group(): number | undefined {
    return this.#process?.group;
  }

  /** Keeps it from being idle until the returned function is called. */
  hold(): () => void {
    this.#holders += 1;
    this.#idle?.abort();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0 && !this.#disposed) this.#startIdling();
    };
  }

  /**
   * Has a text answered, after those that came before. When the process breaks under it, it is tried once more with a new one.
   *
   * @throws {PipelineError} `overloaded` when too many texts wait, `timeout` when the answer takes too long, `unavailable` when the
   * process cannot be started or breaks twice; `signal.reason` when the signal aborts first.
   */
  exchange(text: string, signal: AbortSignal): Promise<string> {
    const { name, waitingLimit } = this.#options;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#waiting >= waitingLimit) {
      const message = `Cannot use ${name}: ${this.#waiting} texts are waiting, at most ${waitingLimit} may`;
      return Promise.reject(new PipelineError("overloaded", message));
    }
    this.#waiting += 1;
    const answer = this.#tail.then(() => {
      this.#waiting -= 1;
      // What is in hand when its caller gives up is answered all the same: an answer left unread would be the next one's.
      signal.throwIfAborted();
      return this.#answer(text);
    });
    this.#tail = answer.then(() => {}, () => {});
    return unlessAborted(answer, signal);
  }

  /** Ends the process; what waits for an answer rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#idle?.abort();
    this.#stop();
    await this.#tail;
    await this.#ending;
  }

  async #answer(text: string): Promise<string> {
    try {
      return await this.#attempt(text);
    } catch (error) {
      if (error instanceof PipelineError) throw error;
      try {
        return await this.#attempt(text);
      } catch (error) {
        if (error instanceof PipelineError) throw error;
        const programs = this.#programs.join(", ");
        const message =
          `Cannot use ${this.#options.name}: one of its programs is not installed or ends when it is used: ${programs}`;
        throw new PipelineError("unavailable", message, { cause: error });
      }
    }
  }

  async #attempt(text: string): Promise<string> {
    const { name, isWhole, deadlineMs, clock } = this.#options;
    const process = await this.#running();
    const late = new AbortController();
    const answered = new AbortController();
    clock.sleep(deadlineMs, answered.signal).then(
      () => late.abort(new PipelineError("timeout", `Cannot use ${name}: no answer within ${deadlineMs} ms`)),
      () => {},
    );
    try {
      const answer = await process.exchange(text, late.signal);
      if (!isWhole(answer)) throw new TypeError("The pipeline is broken: its answer is cut short");
      return answer;
    } catch (error) {
      this.#stop();
      throw error;
    } finally {
      answered.abort();
    }
  }

  async #running(): Promise<NullFlushProcess> {
    const { name, commands, clock } = this.#options;
    if (!this.#process && !this.#disposed) {
      try {
        const programs = await commands();
        this.#programs = [...new Set(programs.map(([program]) => program!))];
        if (!this.#disposed) this.#process = new NullFlushProcess(programs, clock);
      } catch (error) {
        throw new PipelineError("unavailable", `Cannot start ${name}`, { cause: error });
      }
    }
    if (!this.#process) throw new PipelineError("unavailable", `Cannot use ${name}: it was disposed`);
    return this.#process;
  }

  #stop(): void {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    this.#ending = Promise.all([this.#ending, process[Symbol.asyncDispose]()]).then(() => {});
  }

  #startIdling(): void {
    const { clock, idleMs } = this.#options;
    const idle = this.#idle = new AbortController();
    clock.sleep(idleMs, idle.signal).then(() => this.#stop(), () => {});
  }
}
