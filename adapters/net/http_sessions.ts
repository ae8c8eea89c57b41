import type { Clock } from "../../flow/clock.ts";
import type { Connections } from "../../pipeline/ports.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Lifetime } from "../lifetime.ts";
import { Concurrency } from "./concurrency.ts";
import { exchange, type HttpOptions, type HttpRequest } from "./http.ts";
import { HttpConnections, type HttpTurn } from "./http_connections.ts";

/** How many requests of a key may be on their way at a time where a provider states no limit. */
const defaultAtOnce = 64;

/** Options of {@linkcode HttpSessions}. */
export interface HttpSessionsOptions {
  readonly http: HttpOptions;
  readonly clock: Clock;
  /** The engine's. */
  readonly lifetime: Lifetime;
  /** How many requests of the key may be on their way at a time; 64 by default. */
  readonly atOnce?: number | undefined;
}

/** The sessions of an engine that asks over HTTP, and the connections that they share: while there is a session, one is kept open. */
export class HttpSessions {
  readonly #http: HttpOptions;
  readonly #lifetime: Lifetime;
  readonly #lines: HttpConnections;
  #open = 0;
  #nobody = new AbortController();
  /** The smallest request that a session was prepared by. */
  #small: HttpRequest | undefined;

  constructor({ http, clock, lifetime, atOnce = defaultAtOnce }: HttpSessionsOptions) {
    this.#http = http;
    this.#lifetime = lifetime;
    const concurrency = new Concurrency({ provider: http.provider, limit: atOnce, clock });
    this.#lines = new HttpConnections({ clock, concurrency });
  }

  /** How the connections are used just now. */
  get connections(): Connections {
    return this.#lines.connections;
  }

  /** A session begins; to be called again when it has ended, once. */
  begin(): () => void {
    this.#open += 1;
    if (this.#open === 1) this.#keepOpen();
    return () => {
      this.#open -= 1;
      if (this.#open === 0) this.#nobody.abort(new DOMException("Nobody is there", "AbortError"));
    };
  }

  /** Sends a small request that prepares a session, and gives the body of its answer as it comes; it is sent again now and then to keep a connection open. */
  async *prepare(request: HttpRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#small = request;
    const turn = await this.take(signal);
    let kept = false;
    try {
      yield* exchange(request, this.#http, signal);
      kept = true;
    } finally {
      turn.end(kept);
    }
  }

  /** Opens a connection to where this address is, by a request that asks for nothing; that it fails does not matter. */
  async greet(url: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of this.prepare({ method: "HEAD", url: new URL(url).origin }, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof PipelineError)) throw error;
    }
  }

  /** As {@linkcode HttpConnections.take}. */
  take(signal: AbortSignal): Promise<HttpTurn> {
    return this.#lines.take(signal);
  }

  async #keepOpen(): Promise<void> {
    const nobody = this.#nobody = new AbortController();
    using either = this.#lifetime.link(nobody.signal);
    await this.#lines.keepOpen(async (signal) => {
      if (this.#small) { for await (const _ of this.prepare(this.#small, signal)); }
    }, either.signal);
  }
}
