import type { ConnectSocket, SocketRequest } from "../../adapters/net/socket.ts";
import type { PipelineError } from "../../pipeline/error.ts";

/** A connection whose other side is played by the test. */
export interface PlayedSocket {
  readonly request: SocketRequest;
  /** What was sent over it. */
  readonly sent: readonly string[];
  readonly disposed: boolean;
  /** A message comes: an object as JSON. */
  say(message: object | string | Uint8Array): void;
  end(error: PipelineError): void;
}

/** Connections that the test plays, in the order in which they were opened; `greet` says what the other side does when one is open. */
export function playedSockets(
  greet: (socket: PlayedSocket) => void = () => {},
): { readonly connect: ConnectSocket; readonly opened: readonly PlayedSocket[] } {
  const opened: PlayedSocket[] = [];
  const connect: ConnectSocket = (request) => {
    const sent: string[] = [];
    let disposed = false;
    const socket: PlayedSocket = {
      request,
      sent,
      get disposed() {
        return disposed;
      },
      say(message) {
        const isText = typeof message === "string" || message instanceof Uint8Array;
        request.message(isText ? message : JSON.stringify(message));
      },
      end: (error) => request.ended(error),
    };
    opened.push(socket);
    setTimeout(() => greet(socket), 0);
    return Promise.resolve({
      send: (message) => void sent.push(String(message)),
      waitingBytes: 0,
      [Symbol.asyncDispose]: () => Promise.resolve(void (disposed = true)),
    });
  };
  return { connect, opened };
}
