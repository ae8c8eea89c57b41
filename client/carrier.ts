import type { Clock } from "../flow/clock.ts";
import { Condition } from "../flow/condition.ts";
import { CloseCode, reactionTo } from "../protocol/close.ts";
import type { ErrorMessage } from "../protocol/server_message.ts";
import { backoffMs } from "./backoff.ts";
import type { Settings } from "./connect_options.ts";
import { Connection, type ConnectionEnd } from "./connection.ts";
import { nameOfCode, SessionError } from "./error.ts";

/** How long a socket may take to open and answer, in ms. */
const greetMs = 10_000;
/** A live socket that says nothing for so long is dead, in ms: the service acknowledges every 200 ms. */
const silenceMs = 5_000;
/** How soon something has to be heard when there is reason to doubt that the socket has survived, in ms. */
const doubtMs = 1_000;
/** A clock that was not looked at for so long has slept, in ms: browsers look once a second for a page in the background. */
const sleepMs = 2_000;
/** How long a socket may take to close, in ms. */
const farewellMs = 2_000;

/** How a session comes back. */
export interface Return {
  /** Makes the first message of each attempt. */
  greeting(): string;
  /** The session is not known where an attempt has led to; returns whether the next greeting asks for something else. */
  elsewhere(): boolean;
  /** How long it may take in all. */
  readonly withinMs: number;
}

/** The sockets of a session, one after the other: dials, greets, notices that a socket is dead, and dials again. */
export class Carrier {
  /** Notified whenever a socket opens up, ends, or something else changes that the session tells of. */
  readonly changed = new Condition();

  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #receive: (data: unknown) => void;
  readonly #detail: () => ErrorMessage | undefined;
  #connection: Connection | undefined;
  readonly #unwatch: () => void;
  #live = false;
  /** By when something has to be heard, whether that is because of a doubt, and when `check` was called last. */
  #hearByMs = 0;
  #doubt = false;
  #checkedAtMs = 0;

  /**
   * @param receive takes what comes in on the socket of the moment.
   * @param detail what the service said last about a socket that it is about to close.
   */
  constructor(
    settings: Settings,
    receive: (data: unknown) => void,
    detail: () => ErrorMessage | undefined,
  ) {
    this.#settings = settings;
    this.#clock = settings.clock;
    this.#receive = receive;
    this.#detail = detail;
    this.#unwatch = settings.surroundings.watch(() => this.#suspect());
  }

  /** Whether there is a socket on which the service has answered the greeting. */
  get live(): boolean {
    return this.#live;
  }

  /** The bytes that were sent and are still here. */
  get waitingBytes(): number {
    return this.#connection?.waitingBytes ?? 0;
  }

  /** The service has answered the greeting. */
  greeted(): void {
    this.#live = true;
    this.#checkedAtMs = this.#clock.now();
    this.changed.notify();
  }

  /** Sends a message on the socket of the moment; nothing when there is none. */
  send(message: string | Uint8Array<ArrayBuffer>): void {
    this.#connection?.send(message);
  }

  /** Opens a socket and greets; returns how it ended, or `undefined` when it is live. Rejects with `signal.reason` when the signal aborts first. */
  async dial(greeting: string, signal: AbortSignal): Promise<ConnectionEnd | undefined> {
    const { connect, url, protocols } = this.#settings;
    const connection = new Connection(connect(url, [...protocols]), greeting, this.#hear, this.changed);
    this.#connection = connection;
    this.#live = false;
    const answered = new AbortController();
    const late = this.#clock.sleep(greetMs, answered.signal).then(
      () => connection.drop(`no answer came within ${greetMs} ms`),
      () => {},
    );
    try {
      while (!this.#live && !connection.end) await this.changed.wait(signal);
      return connection.end;
    } finally {
      answered.abort();
      await late;
    }
  }

  /** Waits until the live socket is cut. Rejects with a {@linkcode SessionError} when it ended in a way that is not to be resumed. */
  async cut(signal: AbortSignal): Promise<ConnectionEnd> {
    const end = await this.#connection!.ended(signal);
    this.#live = false;
    if (reactionTo(end.code) !== "resume") throw this.errorOf("The session ended", end);
    return end;
  }

  /**
   * Dials until a socket is live again: with growing waits, at once when the network comes back, and not at all while there is none.
   *
   * @throws {SessionError} when the service refuses, or none of the attempts succeeded in time.
   */
  async redial(
    cut: ConnectionEnd,
    { greeting, elsewhere, withinMs }: Return,
    signal: AbortSignal,
  ): Promise<void> {
    const deadlineMs = this.#clock.now() + withinMs;
    let end = cut;
    for (let attempt = 0;; attempt++) {
      const waitMs = Math.max(backoffMs(attempt, this.#settings.random), this.#askedToWaitMs(end));
      attempt = await this.#rest(waitMs, deadlineMs, signal) ? 0 : attempt;
      if (this.#clock.now() >= deadlineMs) {
        throw this.errorOf(`Cannot resume the session within ${withinMs} ms`, end);
      }
      let refused = await this.dial(greeting(), signal);
      if (refused?.code === CloseCode.unknownSession && elsewhere()) {
        refused = await this.dial(greeting(), signal);
      }
      if (!refused) return;
      const reaction = reactionTo(refused.code);
      if (reaction !== "resume" && reaction !== "later") {
        throw this.errorOf("Cannot resume the session", refused);
      }
      end = refused;
    }
  }

  /** Gives a live socket up that has been silent for too long; returns whether there is a new doubt that it has survived, after a sleep. */
  check(): boolean {
    const nowMs = this.#clock.now();
    const slept = nowMs - this.#checkedAtMs > sleepMs;
    this.#checkedAtMs = nowMs;
    if (!this.#live) return false;
    // What came in meanwhile may only be about to be read.
    if (slept && !this.#doubt) return this.#suspect();
    if (nowMs > this.#hearByMs) {
      this.#live = false;
      this.#connection!.drop(`nothing came for ${this.#doubt ? doubtMs : silenceMs} ms`);
    }
    return false;
  }

  /** Closes the socket of the moment. */
  close(code: number, reason: string): void {
    this.#live = false;
    this.#connection?.close(code, reason);
  }

  /** Waits until the last socket is gone, or drops it after two seconds. */
  async leave(): Promise<void> {
    this.#unwatch();
    const connection = this.#connection;
    if (!connection) return;
    this.close(CloseCode.ended, "The client leaves");
    const gone = new AbortController();
    const late = this.#clock.sleep(farewellMs, gone.signal).then(
      () => {
        connection.drop("it did not close");
        gone.abort();
      },
      () => {},
    );
    await connection.gone(gone.signal).catch(() => {});
    gone.abort();
    await late;
  }

  /** Why a session is over, in a sentence. */
  errorOf(what: string, { code, reason }: ConnectionEnd): SessionError {
    const detail = this.#detail();
    const why = detail?.message || reason || "the connection was cut";
    return new SessionError(`${what}: ${why} (${nameOfCode(code)})`, code, detail);
  }

  readonly #hear = (data: unknown): void => {
    this.#hearByMs = this.#clock.now() + silenceMs;
    this.#doubt = false;
    this.#receive(data);
  };

  #suspect(): boolean {
    if (!this.#doubt) this.#hearByMs = this.#clock.now() + doubtMs;
    return this.#doubt = true;
  }

  #askedToWaitMs({ code }: ConnectionEnd): number {
    return reactionTo(code) === "later" ? this.#detail()?.retryAfterMs ?? 0 : 0;
  }

  /** Waits before an attempt; returns whether there was news meanwhile. */
  async #rest(ms: number, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    let news = await this.#sleep(Math.min(ms, deadlineMs - this.#clock.now()), signal);
    while (!this.#settings.surroundings.online && this.#clock.now() < deadlineMs) {
      news = await this.#sleep(deadlineMs - this.#clock.now(), signal);
    }
    return news;
  }

  /** Sleeps until there is news of the surroundings, for `ms` at most; returns whether there was. */
  async #sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    const woken = new AbortController();
    const unwatch = this.#settings.surroundings.watch(() => woken.abort());
    try {
      await this.#clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
      return false;
    } catch {
      signal.throwIfAborted();
      return true;
    } finally {
      unwatch();
    }
  }
}
