import type { Connect, WebSocketLike } from "../../client/socket.ts";
import type { Clock } from "../../flow/clock.ts";

type Data = string | Uint8Array<ArrayBuffer>;
type Listener = (event: never) => void;

/** The service's end of a socket in memory. */
export interface ServerEnd {
  /** Sends to the client. */
  send(data: Data): void;
  /** Closes the socket; the client hears the code. */
  close(code: number, reason?: string): void;
}

/** What the service does with a socket: is called when one opens, and gives back who takes its messages. */
export type Accept = (end: ServerEnd) => {
  message(data: string | ArrayBuffer): void;
  closed(code: number): void;
};

/** Sockets between a client and a service in one process, over a wire with a delay that can be cut at any moment. */
export class MemoryNetwork {
  readonly sockets: MemorySocket[] = [];
  /** How long a message is under way, in ms. */
  latencyMs = 5;
  /** What the service answers a handshake with: a subprotocol, a close code instead, or nothing at all. */
  answer: { readonly protocol: string } | { readonly code: number } | "silence" = { protocol: "parley.v1" };
  readonly #clock: Clock;
  readonly #accept: Accept;

  constructor(clock: Clock, accept: Accept) {
    this.#clock = clock;
    this.#accept = accept;
  }

  /** To be handed to the client. */
  readonly connect: Connect = (url, protocols) => {
    const socket = new MemorySocket(url, protocols, this.#clock, this.latencyMs, this.answer, this.#accept);
    this.sockets.push(socket);
    return socket;
  };

  /** The socket that was opened last. */
  get last(): MemorySocket {
    return this.sockets[this.sockets.length - 1]!;
  }

  /** How many sockets have not closed. */
  get open(): number {
    return this.sockets.filter((socket) => !socket.closed).length;
  }
}

/** One socket, as the client holds it. */
export class MemorySocket implements WebSocketLike {
  binaryType = "blob";
  readonly bufferedAmount = 0;
  protocol = "";
  readonly url: string;
  readonly protocols: readonly string[];
  /** What the client has sent, in order, whether it arrived or not. */
  readonly sent: Data[] = [];
  /** The code that the client closed with; `undefined` when it did not. */
  closedWith: number | undefined;
  closed = false;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #wire = new AbortController();
  #server: ReturnType<Accept> | undefined;
  #stalled = false;

  constructor(
    url: string,
    protocols: readonly string[],
    clock: Clock,
    latencyMs: number,
    answer: MemoryNetwork["answer"],
    accept: Accept,
  ) {
    this.url = url;
    this.protocols = protocols;
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    if (answer === "silence") return;
    this.#later(() => {
      if ("code" in answer) return this.#end(answer.code, "");
      this.protocol = answer.protocol;
      this.#server = accept({
        send: (data) => this.#later(() => this.#deliver(data)),
        close: (code, reason = "") => this.#later(() => this.#end(code, reason)),
      });
      this.#emit("open", {});
    });
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...this.#listeners.get(type) ?? [], listener]);
  }

  send(data: Data): void {
    const copy = typeof data === "string" ? data : data.slice();
    this.sent.push(copy);
    this.#later(() => this.#server?.message(typeof copy === "string" ? copy : copy.buffer));
  }

  close(code?: number): void {
    this.closedWith ??= code ?? 1005;
    this.#later(() => {
      const server = this.#server;
      this.#end(code ?? 1005, "");
      server?.closed(code ?? 1005);
    });
  }

  terminate(): void {
    this.cut(1006);
  }

  /** Cuts the wire: what is under way is lost, and both ends hear of it at once. */
  cut(code = 1006): void {
    const server = this.#server;
    this.#end(code, "");
    server?.closed(code);
  }

  /** Stalls the wire: nothing arrives any more, and nobody hears of it. */
  stall(): void {
    this.#stalled = true;
  }

  #later(deliver: () => void): void {
    this.#clock.sleep(this.#latencyMs, this.#wire.signal).then(
      () => {
        if (!this.#stalled && !this.closed) deliver();
      },
      () => {},
    );
  }

  #deliver(data: Data): void {
    this.#emit("message", { data: typeof data === "string" ? data : data.slice().buffer });
  }

  #end(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = true;
    this.#server = undefined;
    this.#wire.abort();
    this.#emit("close", { code, reason });
  }

  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}
