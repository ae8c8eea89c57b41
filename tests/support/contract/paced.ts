import { socketConnector } from "../../../adapters/net/socket.ts";
import type { RecognizerOutside } from "../../../adapters/net/recognizer_over_socket.ts";
import { checkSleep, type Clock, systemClock } from "../../../flow/clock.ts";
import type { PipelineError } from "../../../pipeline/error.ts";
import { settle } from "../fake_clock.ts";
import type { ScenarioServer } from "./scenario.ts";

/** Sleeps up to this length are those of a pacer, in ms; what waits longer waits for what may never come. */
const longestMs = 200;
/** How many turns of the event loop an answer takes on its way. */
const answerTurns = 5;
/** After so many turns nothing more is waited for. */
const turnsLimit = 500;

/**
 * A clock for what is sent at the pace of speech: short sleeps end as soon as the stand-in has taken what was sent, and time moves on by as much; long ones, which
 * watch over answers, take as long as they say, so that a busy machine makes nobody late.
 */
export class PacedClock implements Clock {
  #nowMs = 0;
  #sent = 0;
  #server: ScenarioServer | undefined;
  /** How many messages the stand-in had taken when counting began. */
  #before = 0;

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    checkSleep(ms);
    if (ms > longestMs) {
      const dueMs = this.#nowMs + ms;
      await systemClock.sleep(ms, signal);
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      return;
    }
    for (let turn = 0; turn < turnsLimit && this.#taken() < this.#sent; turn += 1) {
      await settle();
    }
    for (let turn = 0; turn < answerTurns; turn += 1) await settle();
    signal.throwIfAborted();
    this.#nowMs += Math.max(0, ms);
  }

  /** Waits for this stand-in from now on. */
  watch(server: ScenarioServer): ScenarioServer {
    this.#server = server;
    this.#begin();
    return server;
  }

  /** The outside world of a recognizer, at this clock where there is no other. */
  outside({ clock = this, connect = socketConnector({ clock }) }: RecognizerOutside = {}): RecognizerOutside {
    return {
      clock,
      connect: async (request, signal) => {
        const ended = (error: PipelineError) => {
          // What was sent last may be lost.
          this.#begin();
          request.ended(error);
        };
        const socket = await connect({ ...request, ended }, signal);
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
      },
    };
  }

  #begin(): void {
    this.#before = this.#server?.messages.length ?? 0;
    this.#sent = 0;
  }

  #taken(): number {
    return (this.#server?.messages.length ?? 0) - this.#before;
  }
}
