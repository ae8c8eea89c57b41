import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { exchangeJson, type Fetch, type HttpRequest } from "../net/http.ts";
import type { ConnectSocket, ProviderSocket } from "../net/socket.ts";
import {
  connectionAddress,
  provider,
  readMessage,
  readTicket,
  reconnectRequest,
  refusal,
  sessionRequest,
  type VoiceAccess,
  type VoiceEvent,
  type VoiceWish,
} from "./wire.ts";

/** The outside world of a stream. */
export interface VoiceOutside {
  readonly connect: ConnectSocket;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** Who hears of what comes over a stream. */
export interface VoiceListener {
  take(event: VoiceEvent): void;
  /** Nothing more comes, for a reason that ends the hearing. */
  failed(error: unknown): void;
}

/** How long an answer to a request may take, in ms. */
const deadlineMs = 10_000;
/** How often a connection is replaced in a row over which nothing came. */
const replacements = 3;

/** A session of the provider, over one connection after the other: each has a token of its own, which is used once. */
export class VoiceStream implements AsyncDisposable {
  readonly #access: VoiceAccess;
  readonly #outside: VoiceOutside;
  readonly #stop = new AbortController();
  #token = "";
  #socket: ProviderSocket | undefined;
  #connecting: Promise<void> = Promise.resolve();
  #connectedAtMs = 0;
  #replaced = 0;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #listener: VoiceListener | undefined;

  private constructor(access: VoiceAccess, outside: VoiceOutside) {
    this.#access = access;
    this.#outside = outside;
  }

  /**
   * Opens a session and its first connection.
   *
   * @throws {PipelineError} of the kind that the refusal means.
   */
  static async open(
    access: VoiceAccess,
    wish: VoiceWish,
    outside: VoiceOutside,
    signal: AbortSignal,
  ): Promise<VoiceStream> {
    const stream = new VoiceStream(access, outside);
    try {
      await stream.#connect(sessionRequest(access, wish), signal);
      return stream;
    } catch (error) {
      await stream[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Bytes that were sent and have not left this machine. */
  get waitingBytes(): number {
    return this.#socket?.waitingBytes ?? 0;
  }

  /** How long the connection has been there, in ms. */
  get ageMs(): number {
    return this.#outside.clock.now() - this.#connectedAtMs;
  }

  /** Tells what comes from now on; of a failure that came before, at once. */
  listen(listener: VoiceListener): void {
    this.#listener = listener;
    if (this.#failure) listener.failed(this.#failure.error);
  }

  /** Sends a message, once there is a connection. */
  async send(message: string): Promise<void> {
    await this.#connecting;
    this.#socket?.send(message);
  }

  /** Goes on over a new connection, before the provider ends the old one. */
  async renew(): Promise<void> {
    const old = this.#socket;
    this.#socket = undefined;
    await old?.[Symbol.asyncDispose]();
    this.#reconnect();
    await this.#connecting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    this.#listener = undefined;
    this.#stop.abort(new DOMException("The session has ended", "AbortError"));
    await this.#connecting.catch(() => {});
    await this.#socket?.[Symbol.asyncDispose]();
  }

  async #connect(request: HttpRequest, signal: AbortSignal): Promise<void> {
    const { connect, fetch, clock } = this.#outside;
    using either = new LinkedAbort(signal, this.#stop.signal);
    const options = { provider, fetch, clock, deadlineMs, refusal };
    const ticket = readTicket(await exchangeJson(request, options, either.signal));
    this.#token = ticket.token;
    const socket: ProviderSocket = await connect({
      provider,
      url: connectionAddress(ticket),
      headers: {},
      message: (data) => this.#take(data),
      ended: (error) => {
        if (this.#socket === socket) this.#lost(error);
      },
    }, either.signal);
    this.#socket = socket;
    this.#connectedAtMs = clock.now();
  }

  #take(data: string | Uint8Array): void {
    if (this.#over) return;
    try {
      const event = readMessage(data);
      if (!event) return;
      this.#replaced = 0;
      if (event.type === "error") {
        throw new PipelineError(event.kind, `Cannot use ${provider}: it reports an error, ${event.kind}`);
      }
      if (event.type === "end") this.#over = true;
      this.#listener?.take(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A connection that is cut is no loss: the session waits for another one. */
  #lost(error: PipelineError): void {
    if (this.#over) return;
    this.#socket = undefined;
    this.#replaced += 1;
    if (error.kind !== "unavailable" || this.#replaced > replacements) return this.#fail(error);
    this.#reconnect();
  }

  #reconnect(): void {
    this.#connecting = this.#connect(reconnectRequest(this.#access, this.#token), this.#stop.signal);
    this.#connecting.catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = { error };
    this.#listener?.failed(error);
  }
}
