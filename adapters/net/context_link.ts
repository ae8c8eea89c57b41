import type { Clock } from "../../flow/clock.ts";
import type { Queue } from "../../flow/queue.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { PooledConnection } from "./held_connection.ts";
import type { ConnectSocket, ProviderSocket, SocketRequest } from "./socket.ts";

/** What a message of a provider says of one of the texts that are spoken over a connection. */
export type ContextEvent =
  /** Nothing follows when it is the `last`. */
  | { readonly type: "audio"; readonly context: string; readonly bytes: Uint8Array; readonly last?: boolean }
  | { readonly type: "done"; readonly context: string }
  /** Without a context, everything that is spoken over the connection has failed. */
  | { readonly type: "failed"; readonly context: string | undefined; readonly error: PipelineError };

/** Keeps a connection open on which nothing happens. */
export interface Keepalive {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly message: string;
}

/** A context on a connection. */
export interface LinkedContext {
  /** Its name, as messages have it. */
  readonly context: string;
  /** Resolves when nothing more is to be expected of it, whatever the reason. */
  readonly over: Promise<void>;
}

interface Expected {
  readonly audio: Queue<Uint8Array>;
  readonly end: () => void;
}

/** A connection over which several texts are spoken at a time; sorts what comes by its context. */
export class ContextLink implements PooledConnection {
  readonly #socket: Promise<ProviderSocket>;
  readonly #contexts = new Map<string, Expected>();
  readonly #gone = Promise.withResolvers<void>();
  #count = 0;
  #ended: PipelineError | undefined;

  /**
   * @param read what a message says; nothing where it is of no interest or of an unknown type.
   * @param keepalive nothing is sent by itself when absent.
   */
  constructor(
    connect: ConnectSocket,
    request: Omit<SocketRequest, "message" | "ended">,
    read: (message: string) => ContextEvent | undefined,
    signal: AbortSignal,
    keepalive?: Keepalive,
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
    if (keepalive) this.#keepAlive(keepalive);
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

  /**
   * A new context, whose audio goes into a queue as it comes. The queue fails with it, and stays open when it is done: more may follow in
   * another one.
   */
  begin(audio: Queue<Uint8Array>): LinkedContext {
    const context = `c${this.#count += 1}`;
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    if (this.#ended) {
      audio.fail(this.#ended);
      end();
    } else {
      this.#contexts.set(context, { audio, end });
    }
    return { context, over };
  }

  /** Whether more is to be expected of a context. */
  has(context: string): boolean {
    return this.#contexts.has(context);
  }

  /** What still comes of a context is dropped. */
  forget(context: string): void {
    this.#contexts.get(context)?.end();
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

  async #keepAlive({ clock, everyMs, message }: Keepalive): Promise<void> {
    const over = new AbortController();
    this.gone.then(() => over.abort());
    try {
      await this.#socket;
      while (true) {
        await clock.sleep(everyMs, over.signal);
        await this.send(message);
      }
    } catch {
      // It has ended.
    }
  }

  #take(event: ContextEvent): void {
    if (event.type === "failed" && event.context === undefined) return this.#end(event.error);
    const expected = this.#contexts.get(event.context ?? "");
    if (!expected) return;
    const { audio } = expected;
    if (event.type === "audio") {
      if (!audio.push(event.bytes)) audio.fail(tooLate());
      else if (!event.last) return;
    }
    if (event.type === "failed") audio.fail(event.error);
    this.forget(event.context!);
  }

  #end(error: PipelineError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#gone.resolve();
    for (const { audio, end } of this.#contexts.values()) {
      audio.fail(error);
      end();
    }
    this.#contexts.clear();
  }
}

function tooLate(): PipelineError {
  const message = "Cannot speak a text: more than two minutes of it wait to be heard";
  return new PipelineError("overloaded", message);
}
