/**
 * A socket that carries whole messages, seen from the service: what a session needs of it, whatever the platform gives. `send` and `close` never wait
 * and never throw; both do nothing once the socket is closed.
 */
export interface MessageSocket {
  /** Hands a message over: text as a string, audio as bytes, which must not change afterwards. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** How many bytes were handed over and are still here. */
  readonly waitingBytes: number;
  /** Closes in order; `reason` is cut to the 123 bytes that a close frame holds (RFC 6455, 5.5). */
  close(code: number, reason: string): void;
}

/** What the other side of a {@linkcode MessageSocket} hears. Neither method may wait; each is called in order, `closed` once and last. */
export interface MessageHandler {
  message(data: string | ArrayBuffer): void;
  /** `code` is the client's close code, 1006 when there was none. */
  closed(code: number): void;
}
