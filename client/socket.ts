/**
 * What the client needs of a WebSocket, the platform's own or another: `new WebSocket(url, protocols)` is one in a browser. Binary messages
 * arrive as an `ArrayBuffer` once `binaryType` says so.
 */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  /** The subprotocol that the service chose; empty for none. */
  readonly protocol: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Drops the connection without a farewell, where the platform can. */
  terminate?(): void;
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
}

/** Opens a socket; failures come as its `error` and `close` events. */
export type Connect = (url: string, protocols: string[]) => WebSocketLike;

/** The platform's own sockets. Under Deno use another one: its own stalls on messages above 1,024 bytes. */
export const platformConnect: Connect = (url, protocols) => new WebSocket(url, protocols);
