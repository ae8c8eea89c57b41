import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { unlessAborted } from "../../flow/abortable.ts";
import type { ConnectSocket, ProviderSocket } from "../net/socket.ts";
import {
  closeMessage,
  provider,
  readMessage,
  sessionAddress,
  type SessionWish,
  type TranslateEvent,
  updateMessage,
} from "./wire.ts";

/** Where a session is opened, and as whom. */
export interface TranslateAccess {
  /** Where OpenAI's routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  readonly key: string;
  readonly model: string;
}

/** How long the server may take to agree to what a session is to be, and to say its last words, in ms. */
const agreeingMs = 5000;
const closingMs = 15_000;

/** Who hears of what comes over a link. */
export interface LinkListener {
  take(event: TranslateEvent): void;
  /** Nothing more comes, for a reason that ends the hearing. */
  failed(error: unknown): void;
}

/** One session of the provider: the source into one language. */
export class TranslateLink implements AsyncDisposable {
  readonly #socket: ProviderSocket;
  readonly #closed: Promise<void>;
  #listener: LinkListener | undefined;
  #failure: { readonly error: unknown } | undefined;

  private constructor(socket: ProviderSocket, closed: Promise<void>) {
    this.#socket = socket;
    this.#closed = closed;
  }

  /**
   * Opens a session and waits until the server has agreed to what it is to be.
   *
   * @throws {PipelineError} of the kind that the refusal means; `timeout` when there is no answer.
   */
  static async open(
    { address, key, model }: TranslateAccess,
    wish: SessionWish,
    { connect, clock }: { readonly connect: ConnectSocket; readonly clock: Clock },
    signal: AbortSignal,
  ): Promise<TranslateLink> {
    const agreed = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    agreed.promise.catch(() => {});
    closed.promise.catch(() => {});
    let link: TranslateLink | undefined;
    let over = false;
    const fail = (error: unknown) => {
      if (over) return;
      over = true;
      agreed.reject(error);
      closed.reject(error);
      if (link) link.#fail(error);
    };
    const take = (event: TranslateEvent) => {
      if (event.type === "updated") agreed.resolve();
      if (event.type === "closed") {
        over = true;
        closed.resolve();
      }
      if (event.type === "error") {
        fail(new PipelineError(event.kind, `Cannot use ${provider}: it reports an error, ${event.kind}`));
      }
      if (link) link.#listener?.take(event);
    };
    const socket = await connect({
      provider,
      url: sessionAddress(address, model),
      headers: { authorization: `Bearer ${key}` },
      message(data) {
        if (over) return;
        try {
          const event = readMessage(data);
          if (event) take(event);
        } catch (error) {
          fail(error);
        }
      },
      ended: fail,
    }, signal);
    const late = new AbortController();
    try {
      link = new TranslateLink(socket, closed.promise);
      socket.send(updateMessage(wish));
      clock.sleep(agreeingMs, late.signal).then(
        () => fail(new PipelineError("timeout", `Cannot use ${provider}: no answer within ${agreeingMs} ms`)),
        () => {},
      );
      await unlessAborted(agreed.promise, signal);
      return link;
    } catch (error) {
      await socket[Symbol.asyncDispose]();
      throw error;
    } finally {
      late.abort();
    }
  }

  /** Tells what comes from now on; of a failure that came before, at once. */
  listen(listener: LinkListener): void {
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

  /**
   * Asks for what is left and waits until it has come.
   *
   * @throws {PipelineError} `timeout` when it does not come; what ends the link before.
   */
  async finish(clock: Clock, signal: AbortSignal): Promise<void> {
    this.#socket.send(closeMessage);
    const late = new AbortController();
    const deadline = clock.sleep(closingMs, AbortSignal.any([signal, late.signal])).then(() => {
      throw new PipelineError(
        "timeout",
        `Cannot use ${provider}: its last words did not come within ${closingMs} ms`,
      );
    });
    try {
      await Promise.race([this.#closed, deadline]);
    } finally {
      late.abort();
      deadline.catch(() => {});
    }
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
