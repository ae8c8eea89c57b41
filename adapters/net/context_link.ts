import { Queue } from "../../flow/queue.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { PooledConnection } from "./held_connection.ts";
import type { ConnectSocket, ProviderSocket, SocketRequest } from "./socket.ts";

/** What a message of a provider says of one of the texts that are spoken over a connection. */
export type ContextEvent =
  | { readonly type: "audio"; readonly context: string; readonly bytes: Uint8Array }
  | { readonly type: "done"; readonly context: string }
  /** Without a context, everything that is spoken over the connection has failed. */
  | { readonly type: "failed"; readonly context: string | undefined; readonly error: PipelineError };

/** How much audio of one text may wait for its listener, in bytes: two minutes at 48 kHz. */
const waitingLimit = 120 * 48_000 * 2;

/** A connection over which several texts are spoken at a time; sorts what comes by its context. */
export class ContextLink implements PooledConnection {
  readonly #socket: Promise<ProviderSocket>;
  readonly #contexts = new Map<string, Queue<Uint8Array>>();
  readonly #gone = Promise.withResolvers<void>();
  #count = 0;
  #ended: PipelineError | undefined;

  /** @param read what a message says; nothing where it is of no interest or of an unknown type. */
  constructor(
    connect: ConnectSocket,
    request: Omit<SocketRequest, "message" | "ended">,
    read: (message: string) => ContextEvent | undefined,
    signal: AbortSignal,
  ) {
    this.#socket = connect({
      ...request,
      message: (data) => {
        if (typeof data !== "string") return;
        try {
          const event = read(data);
          if (event) this.#take(event);
        } catch (error) {
          this.#end(PipelineError.from(error, `Cannot use ${request.provider}: its message cannot be read`));
        }
      },
      ended: (error) => this.#end(error),
    }, signal);
    this.#socket.catch((error) => this.#end(error));
  }

  /** Whether nothing can be spoken over it any more. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Resolves when it is open; rejects as the connecting does. */
  async opened(): Promise<void> {
    await this.#socket;
  }

  /** A new context: its name, and its audio as it comes. */
  begin(): { readonly context: string; readonly audio: Queue<Uint8Array> } {
    const context = `c${this.#count += 1}`;
    const audio = new Queue<Uint8Array>({ limit: waitingLimit, weigh: (bytes) => bytes.length });
    if (this.#ended) audio.fail(this.#ended);
    else this.#contexts.set(context, audio);
    return { context, audio };
  }

  /** Whether more is to be expected of a context. */
  has(context: string): boolean {
    return this.#contexts.has(context);
  }

  /** What still comes of a context is dropped. */
  forget(context: string): void {
    this.#contexts.delete(context);
  }

  /** Sends messages in order. */
  async send(...messages: readonly string[]): Promise<void> {
    const socket = await this.#socket;
    for (const message of messages) socket.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const socket = await this.#socket.catch(() => undefined);
    await socket?.[Symbol.asyncDispose]();
  }

  #take(event: ContextEvent): void {
    if (event.type === "failed" && event.context === undefined) return this.#end(event.error);
    const audio = this.#contexts.get(event.context ?? "");
    if (!audio) return;
    if (event.type === "audio") {
      if (!audio.push(event.bytes)) this.#fail(event.context, audio);
      return;
    }
    this.#contexts.delete(event.context!);
    if (event.type === "done") audio.close();
    else audio.fail(event.error);
  }

  #fail(context: string, audio: Queue<Uint8Array>): void {
    this.#contexts.delete(context);
    audio.fail(
      new PipelineError("overloaded", "Cannot speak a text: more than two minutes of it wait to be heard"),
    );
  }

  #end(error: PipelineError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#gone.resolve();
    for (const audio of this.#contexts.values()) audio.fail(error);
    this.#contexts.clear();
  }
}
