import type { Condition } from "../flow/condition.ts";
import { CloseCode } from "../protocol/close.ts";
import { SUBPROTOCOL } from "../protocol/limits.ts";
import type { WebSocketLike } from "./socket.ts";

/** How a connection ended: the close code, 0 where there was none, and what is known about it. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
}

/**
 * One socket of a session, from its opening to its end: says the first message as soon as it is open, and hands on what comes in until it has ended.
 */
export class Connection {
  readonly #socket: WebSocketLike;
  readonly #changed: Condition;
  #open = false;
  #end: ConnectionEnd | undefined;
  #socketClosed = false;
  #trouble = "";

  /** @param greeting the first message; what comes in goes to `receive`, and `changed` is notified of the connection's end. */
  constructor(
    socket: WebSocketLike,
    greeting: string,
    receive: (data: unknown) => void,
    changed: Condition,
  ) {
    this.#socket = socket;
    this.#changed = changed;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      if (this.#end) return;
      this.#open = true;
      if (socket.protocol === SUBPROTOCOL) socket.send(greeting);
      else {
        const chosen = socket.protocol || "no subprotocol";
        this.close(CloseCode.protocol, `The service answered with ${chosen}, expected ${SUBPROTOCOL}`);
      }
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.#end) receive(data);
    });
    socket.addEventListener("error", ({ message }) => {
      this.#trouble ||= message ?? "";
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.#socketClosed = true;
      this.#endWith({ code, reason: reason || this.#trouble });
      this.#changed.notify();
    });
  }

  /** Whether the handshake of the WebSocket was completed. */
  get opened(): boolean {
    return this.#open;
  }

  /** How it ended; `undefined` while it has not. */
  get end(): ConnectionEnd | undefined {
    return this.#end;
  }

  /** The bytes that were sent and are still here. */
  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends a message; nothing once the connection has ended. */
  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#open && !this.#end) this.#socket.send(message);
  }

  /** Ends it with a close code that a client may send: 1000, or one from 4000 on. */
  close(code: number, reason: string): void {
    if (this.#end) return;
    this.#endWith({ code, reason });
    this.#socket.close(code, cut(reason));
  }

  /** Ends it at once, as if it had been cut: the other side may not be there any more. */
  drop(reason: string): void {
    this.#endWith({ code: 0, reason });
    if (this.#socketClosed) return;
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  /** Waits until it has ended; rejects with `signal.reason` when the signal aborts first. */
  async ended(signal: AbortSignal): Promise<ConnectionEnd> {
    while (!this.#end) await this.#changed.wait(signal);
    return this.#end;
  }

  /** Waits until the socket itself is gone; rejects with `signal.reason` when the signal aborts first. */
  async gone(signal: AbortSignal): Promise<void> {
    while (!this.#socketClosed) await this.#changed.wait(signal);
  }

  #endWith(end: ConnectionEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#changed.notify();
  }
}

/** A close frame holds 123 bytes of reason (RFC 6455, 5.5); ours are ASCII. */
function cut(reason: string): string {
  return reason.slice(0, 123);
}
