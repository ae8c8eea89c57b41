/** A connection that a pool may hold. */
export interface PooledConnection extends AsyncDisposable {
  /** Whether nothing can be done over it any more. */
  readonly ended: boolean;
  /** Resolves when it has ended, however it did. */
  readonly gone: Promise<void>;
}

/** How a provider lets a connection be used. */
export interface ConnectionLimits {
  /** How many may use it at a time. */
  readonly places: number;
  /** The provider closes it when nothing has happened on it for so long, in ms. */
  readonly idleMs: number;
  /** The provider closes it when it is so old, in ms. */
  readonly sessionMs: number;
}

/** How long before the provider would close it a connection counts as worn: a tenth of the limit, at most so many ms. */
const longestLeadMs = 10_000;
const leadShare = 0.1;

/** A connection in a pool, from its opening on. */
export class HeldConnection<C extends PooledConnection> {
  /** Rejects when it cannot be opened. */
  readonly opening: Promise<C>;
  /** How many use it, or wait for it to open. */
  users = 0;
  /** Whether it is not handed out any more. */
  retired = false;
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  #connection: C | undefined;
  #openedMs = 0;
  #usedMs = 0;

  /** @param now the time, in ms. */
  constructor(open: (signal: AbortSignal) => Promise<C>, limits: ConnectionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.opening = open(this.#stop.signal).then((connection) => {
      this.#connection = connection;
      this.#openedMs = this.#usedMs = now();
      return connection;
    });
    // Whoever needs it hears of a failure; one that was opened ahead is nobody's.
    this.opening.catch(() => {});
  }

  /** Whether it is open and can be used. */
  get open(): boolean {
    return this.#connection !== undefined && !this.#connection.ended && !this.retired;
  }

  /** Whether somebody more can use it, or will when it has opened. */
  get hasRoom(): boolean {
    return !this.retired && !this.#connection?.ended && this.users < this.#limits.places;
  }

  /** Whether the provider is about to close it. */
  get worn(): boolean {
    return this.#connection !== undefined && this.#now() >= this.wornAtMs;
  }

  /** When the provider is about to close it, as things are. */
  get wornAtMs(): number {
    const { idleMs, sessionMs } = this.#limits;
    const oldMs = this.#openedMs + sessionMs - leadOf(sessionMs);
    return this.users > 0 ? oldMs : Math.min(oldMs, this.#usedMs + idleMs - leadOf(idleMs));
  }

  /** How long before the end that comes of silence it is worn, in ms: how often it has to be looked at while it is used. */
  get leadMs(): number {
    return leadOf(this.#limits.idleMs);
  }

  /** How long nobody has used it, in ms; 0 while somebody does. */
  get idleMs(): number {
    return this.users > 0 ? 0 : this.#now() - this.#usedMs;
  }

  /** How old it is, in ms. */
  get ageMs(): number {
    return this.#now() - this.#openedMs;
  }

  /** Aborts when it is stopped or closed. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Somebody does not use it any more. */
  leave(): void {
    this.users -= 1;
    this.#usedMs = this.#now();
  }

  /** Stops its opening, or closes it; resolves when it is closed. Never rejects. */
  async close(): Promise<void> {
    this.retired = true;
    this.#stop.abort(new DOMException("The connection is not needed any more", "AbortError"));
    const connection = await this.opening.catch(() => undefined);
    await connection?.[Symbol.asyncDispose]();
  }
}

function leadOf(limitMs: number): number {
  return Math.min(longestLeadMs, limitMs * leadShare);
}
