import { type ConnectSocket, socketConnector } from "../../../adapters/net/socket.ts";
import { checkSleep, type Clock, systemClock } from "../../../flow/clock.ts";
import { settle } from "../fake_clock.ts";
import type { ScenarioServer } from "./scenario.ts";

/** Sleeps up to this length are those of a pacer, in ms. */
const longestMs = 100;
/** How long nothing may move until time goes on by itself, and how often that is looked at, in ms of the machine's time. */
const stillMs = 30;
const lookMs = 5;
/** How many times faster than the machine's time it goes on then. */
const factor = 16;

/**
 * A clock for a provider that does not say which part of the source its words come from: what is understood by how far the source is must not depend on how
 * busy the machine is. Short sleeps end when the stand-in has taken all that was sent and all of its answers have come, and time moves on by as much; where
 * nobody sends, it moves on by itself.
 */
export class GatedClock implements Clock {
  readonly #server: () => ScenarioServer;
  #nowMs = 0;
  #sent = 0;
  #given = 0;
  #received = 0;
  #short = 0;
  #movedMs = systemClock.now();
  #gate = Promise.resolve();

  /** @param server the stand-in, which calls `given` for each of its messages. */
  constructor(server: () => ScenarioServer) {
    this.#server = server;
  }

  now(): number {
    return this.#nowMs;
  }

  /** The stand-in has sent a message. */
  readonly given = (): void => {
    this.#given += 1;
  };

  /** Connects, and counts what goes to and fro. */
  readonly connect: ConnectSocket = async (request, signal) => {
    const socket = await socketConnector({ clock: systemClock })({
      ...request,
      message: (data) => {
        this.#received += 1;
        request.message(data);
      },
    }, signal);
    return {
      send: (data) => {
        this.#sent += 1;
        socket.send(data);
      },
      get waitingBytes() {
        return socket.waitingBytes;
      },
      [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
    };
  };

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    checkSleep(ms);
    if (ms > longestMs) return await this.#wait(this.#nowMs + ms, signal);
    // Whoever waits for a moment that is almost there gets over it.
    const dueMs = this.#nowMs + Math.max(1, ms);
    this.#short += 1;
    // One after the other, so that of two sessions none is left behind.
    this.#gate = this.#gate.then(() => this.#passed());
    await this.#gate;
    this.#short -= 1;
    this.#movedMs = systemClock.now();
    signal.throwIfAborted();
    this.#nowMs = Math.max(this.#nowMs, dueMs);
  }

  async #wait(dueMs: number, signal: AbortSignal): Promise<void> {
    while (this.#nowMs < dueMs) {
      await systemClock.sleep(lookMs, signal);
      const isStill = this.#short === 0 && systemClock.now() - this.#movedMs > stillMs;
      if (isStill) this.#nowMs = Math.min(dueMs, this.#nowMs + factor * lookMs);
    }
  }

  /** What was under way on a connection that has ended does not come any more. */
  async #passed(): Promise<void> {
    const sinceMs = systemClock.now();
    while (this.#isUnderWay() && systemClock.now() - sinceMs < 1000) await settle();
  }

  #isUnderWay(): boolean {
    return this.#server().messages.length < this.#sent || this.#received < this.#given;
  }
}
