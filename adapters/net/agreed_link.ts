import { unlessAborted } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { ConnectSocket, ProviderSocket, SocketRequest } from "./socket.ts";

/** What a provider and we agree upon when a connection begins. */
export interface Agreement<Event> extends Pick<SocketRequest, "provider" | "url" | "headers" | "closing"> {
  /** The message that says what the connection is to be. */
  readonly wish: string;
  /**
   * What a message means; nothing where its type is unknown or of no interest.
   *
   * @throws {PipelineError} when it is an error, or not as agreed: the connection is of no use any more.
   */
  read(message: string | Uint8Array): readonly Event[];
  /** What an event says of the connection: the provider agrees to the wish, or nothing more comes. */
  says(event: Event): "agreed" | "ended" | undefined;
}

/** Who hears of what comes over a connection. */
export interface LinkListener<Event> {
  take(event: Event): void;
  /** Nothing more comes, for a reason that ends the hearing. */
  failed(error: unknown): void;
}

/** How long a provider may take to agree, in ms. */
const agreeingMs = 5000;

/** A connection to a provider that has to agree to what it is to be before it takes audio. */
export class AgreedLink<Event> implements AsyncDisposable {
  /** Resolves when nothing more comes, as it was agreed; rejects with what ends the connection before that. */
  readonly ended: Promise<void>;
  readonly #socket: ProviderSocket;
  #listener: LinkListener<Event> | undefined;
  #failure: { readonly error: unknown } | undefined;

  private constructor(socket: ProviderSocket, ended: Promise<void>) {
    this.#socket = socket;
    this.ended = ended;
  }

  /**
   * Connects, says what the connection is to be, and waits until the provider has agreed.
   *
   * @throws {PipelineError} of the kind that the refusal means; `timeout` when there is no answer.
   */
  static async open<Event>(
    { wish, read, says, ...request }: Agreement<Event>,
    { connect, clock }: { readonly connect: ConnectSocket; readonly clock: Clock },
    signal: AbortSignal,
  ): Promise<AgreedLink<Event>> {
    const { provider } = request;
    const agreed = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    agreed.promise.catch(() => {});
    ended.promise.catch(() => {});
    let link: AgreedLink<Event> | undefined;
    let over = false;
    const fail = (error: unknown) => {
      if (over) return;
      over = true;
      agreed.reject(error);
      ended.reject(error);
      if (link) link.#fail(error);
    };
    const socket = await connect({
      ...request,
      message(data) {
        if (over) return;
        try {
          for (const event of read(data)) {
            const said = says(event);
            if (said === "agreed") agreed.resolve();
            over = said === "ended";
            if (link) link.#listener?.take(event);
            if (over) return ended.resolve();
          }
        } catch (error) {
          fail(error);
        }
      },
      ended: fail,
    }, signal);
    const settled = new AbortController();
    try {
      link = new AgreedLink(socket, ended.promise);
      socket.send(wish);
      clock.sleep(agreeingMs, settled.signal).then(
        () => fail(new PipelineError("timeout", `Cannot use ${provider}: no answer within ${agreeingMs} ms`)),
        () => {},
      );
      await unlessAborted(agreed.promise, signal);
      return link;
    } catch (error) {
      await socket[Symbol.asyncDispose]();
      throw error;
    } finally {
      settled.abort();
    }
  }

  /** Tells what comes from now on; of a failure that came before, at once. */
  listen(listener: LinkListener<Event>): void {
    this.#listener = listener;
    if (this.#failure) listener.failed(this.#failure.error);
  }

  /** Bytes that were sent and have not left this machine. */
  get waitingBytes(): number {
    return this.#socket.waitingBytes;
  }

  /** Sends a message. */
  send(message: string): void {
    this.#socket.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener = undefined;
    await this.#socket[Symbol.asyncDispose]();
  }

  #fail(error: unknown): void {
    this.#failure = { error };
    this.#listener?.failed(error);
  }
}
