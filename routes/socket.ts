import type { MessageHandler, MessageSocket } from "../sessions/message_socket.ts";

/** A close frame holds this many bytes of reason (RFC 6455, 5.5). */
const reasonBytes = 123;
/** What a socket that just broke ends with (RFC 6455, 7.4.1). */
const noCode = 1006;
/** `close` can wait for a peer that is gone; after this long nobody is told anything any more, in ms. */
const closingMs = 2000;

/**
 * Puts a platform's server-side WebSocket behind the {@linkcode MessageSocket} seam. A handler that throws closes the socket with 1011 and hurts
 * nobody else.
 *
 * @param accept makes the handler, once the socket is open.
 * @param contained is told of what a handler threw.
 */
export function serveSocket(
  raw: WebSocket,
  accept: (socket: MessageSocket) => MessageHandler,
  contained: (error: unknown) => void,
): void {
  raw.binaryType = "arraybuffer";
  let handler: MessageHandler | undefined;
  let ended = false;

  const end = (code: number) => {
    if (ended) return;
    ended = true;
    raw.onmessage = null;
    guarded(() => handler?.closed(code));
  };
  const close = (code: number, reason: string) => {
    if (raw.readyState !== WebSocket.OPEN && raw.readyState !== WebSocket.CONNECTING) return end(noCode);
    raw.onmessage = null;
    try {
      raw.close(code, cutToBytes(reason, reasonBytes));
    } catch {
      end(noCode);
    }
    // The peer may never answer: `closed` must come all the same.
    const timer = setTimeout(() => end(noCode), closingMs);
    Deno.unrefTimer(timer);
    raw.addEventListener("close", () => clearTimeout(timer), { once: true });
  };
  const fail = (error: unknown) => {
    contained(error);
    close(1011, "The service failed");
  };
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };

  const socket: MessageSocket = {
    send(message) {
      if (raw.readyState !== WebSocket.OPEN) return;
      try {
        raw.send(message);
      } catch {
        // The socket closed between the look at its state and the send: `closed` follows.
      }
    },
    get waitingBytes() {
      return raw.bufferedAmount;
    },
    close,
  };
  raw.onopen = () => guarded(() => handler = accept(socket));
  // Not through `guarded`: this is the path of every message.
  raw.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
    try {
      handler?.message(event.data);
    } catch (error) {
      fail(error);
    }
  };
  raw.onclose = ({ code }) => end(code);
  raw.onerror = () => end(noCode);
}

function cutToBytes(text: string, limit: number): string {
  const bytes = new Uint8Array(limit);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}
