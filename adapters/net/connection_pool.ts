import { unlessAborted } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Connections } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Concurrency, Place } from "./concurrency.ts";
import { type ConnectionLimits, HeldConnection, type PooledConnection } from "./held_connection.ts";

/** Options of a {@linkcode ConnectionPool}. */
export interface ConnectionPoolOptions {
  /** What the provider is called in messages. */
  readonly provider: string;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  /** How much may be at work at a time: whoever uses a connection holds a place. */
  readonly concurrency: Concurrency;
  /** How many connections there may be, those that nobody uses included; more than may be at work. */
  readonly connections: number;
}

/** A connection on loan. */
export interface Lease<C> {
  readonly connection: C;
  /** How long it took to get it, in ms. */
  readonly waitedMs: number;
  /** Whether it was open before it was asked for. */
  readonly reused: boolean;
  /** Gives it back. To be called once. */
  end(): void;
}

/** Somebody who uses connections of a kind now and then: while there is one, there is a connection. */
export interface Membership<C> {
  /**
   * Takes a connection, waiting in order while the key has nothing free.
   *
   * @throws {PipelineError} `concurrency` when nothing became free in time, or what opening throws; `signal.reason` when the signal aborts.
   */
  take(signal: AbortSignal): Promise<Lease<C>>;
  /** Leaves. Calling it again does nothing. */
  leave(): void;
}

/** Opens a connection; rejects with `signal.reason` when the signal aborts. */
type Open<C> = (signal: AbortSignal) => Promise<C>;

/** Connections of one kind: any of them serves whoever wants that kind. */
interface Shelf<C extends PooledConnection> {
  readonly kind: string;
  readonly open: Open<C>;
  readonly held: Set<HeldConnection<C>>;
  members: number;
}

/** How long a connection stays that nobody is there to use, in ms. */
const keptMs = 30_000;
/** One that ended before it was so old is not opened again before it is needed, in ms: it would only end again. */
const shortLifeMs = 5000;

/**
 * The connections of one key of a provider. They are opened before they are needed, used by several where the provider allows it, opened ahead when the last
 * place of the others was taken, and exchanged for new ones before the provider would close them. What has ended is never handed out.
 */
export class ConnectionPool<C extends PooledConnection> implements AsyncDisposable {
  readonly #options: ConnectionPoolOptions;
  readonly #lifetime: Lifetime;
  readonly #shelves = new Map<string, Shelf<C>>();
  readonly #ends = new Set<Promise<void>>();

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#lifetime = new Lifetime(`connections to ${options.provider}`);
  }

  /** How its connections are used just now. */
  get connections(): Connections {
    const held = [...this.#shelves.values()].flatMap((shelf) => [...shelf.held]).filter(({ open }) => open);
    const busy = held.filter(({ users }) => users > 0).length;
    return { busy, idle: held.length - busy, waiting: this.#options.concurrency.waiting };
  }

  /**
   * Sees to it that there is an open connection of a kind, and that there is one from now on.
   *
   * @param kind tells apart what cannot stand in for each other.
   * @throws what opening throws, or `signal.reason` when the signal aborts.
   */
  async join(kind: string, open: Open<C>, signal: AbortSignal): Promise<Membership<C>> {
    this.#lifetime.check();
    signal.throwIfAborted();
    const shelf = this.#shelves.get(kind) ??
      { kind, open, held: new Set<HeldConnection<C>>(), members: 0 };
    this.#shelves.set(kind, shelf);
    shelf.members += 1;
    let member = true;
    const leave = () => {
      if (!member) return;
      member = false;
      shelf.members -= 1;
      this.#tidy(shelf);
    };
    try {
      await unlessAborted((this.#best(shelf) ?? this.#open(shelf)).opening, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return { take: (signal) => this.#take(shelf, signal), leave };
  }

  /** Closes every connection, those in use too. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    for (const shelf of this.#shelves.values()) for (const held of [...shelf.held]) this.#close(shelf, held);
    while (this.#ends.size > 0) await Promise.all(this.#ends);
  }

  async #take(shelf: Shelf<C>, signal: AbortSignal): Promise<Lease<C>> {
    this.#lifetime.check();
    const { clock, concurrency } = this.#options;
    const sinceMs = clock.now();
    const place = await concurrency.take(signal);
    try {
      while (true) {
        const held = this.#best(shelf) ?? this.#open(shelf);
        const reused = held.open;
        held.users += 1;
        try {
          const connection = await unlessAborted(held.opening, signal);
          if (!held.open) {
            this.#leave(shelf, held);
            continue;
          }
          this.#openAhead(shelf);
          const waitedMs = clock.now() - sinceMs;
          return { connection, waitedMs, reused, end: () => this.#giveBack(shelf, held, place) };
        } catch (error) {
          this.#leave(shelf, held);
          throw error;
        }
      }
    } catch (error) {
      place[Symbol.dispose]();
      throw error;
    }
  }

  #giveBack(shelf: Shelf<C>, held: HeldConnection<C>, place: Place): void {
    this.#leave(shelf, held);
    place[Symbol.dispose]();
  }

  #leave(shelf: Shelf<C>, held: HeldConnection<C>): void {
    held.leave();
    if (held.retired && held.users === 0) this.#close(shelf, held);
  }

  /** The connection to be used next: open and not about to end, the fullest, so that the others stay free; else one that is just opening. */
  #best(shelf: Shelf<C>): HeldConnection<C> | undefined {
    let best: HeldConnection<C> | undefined;
    for (const held of shelf.held) {
      if (held.hasRoom && (!best || rank(held) > rank(best))) best = held;
    }
    return best;
  }

  /** @throws {PipelineError} `concurrency` when there are as many connections as there may be, and all of them are at work. */
  #open(shelf: Shelf<C>): HeldConnection<C> {
    this.#lifetime.check();
    const { provider, clock, limits, connections } = this.#options;
    if (this.#count() >= connections && !this.#evict()) {
      const message = `Cannot use ${provider}: all of its ${connections} connections are at work`;
      throw new PipelineError("concurrency", message);
    }
    const held = new HeldConnection(shelf.open, limits, () => clock.now());
    shelf.held.add(held);
    held.opening.then(
      (connection) => {
        connection.gone.then(() => this.#replace(shelf, held));
        this.#watch(shelf, held);
      },
      () => void shelf.held.delete(held),
    );
    return held;
  }

  /** Opens a connection before it is needed, where there is somebody to need it and room for it. */
  #openAhead(shelf: Shelf<C>): void {
    if (this.#lifetime.ended || shelf.members === 0 || this.#best(shelf)) return;
    const { concurrency, connections } = this.#options;
    if (concurrency.used < concurrency.limit && this.#count() < connections) this.#open(shelf);
  }

  /** A connection has ended. */
  #replace(shelf: Shelf<C>, held: HeldConnection<C>): void {
    if (held.retired) return;
    this.#retire(shelf, held);
    if (held.ageMs >= shortLifeMs) this.#openAhead(shelf);
  }

  /** Exchanges a connection for another one before the provider would close it, or closes it when nobody is there to use it. */
  async #watch(shelf: Shelf<C>, held: HeldConnection<C>): Promise<void> {
    const { clock } = this.#options;
    try {
      while (!held.retired && !held.worn && !(shelf.members === 0 && held.idleMs >= keptMs)) {
        const waitMs = held.users > 0 ? held.leadMs : held.wornAtMs - clock.now();
        await clock.sleep(Math.min(waitMs, keptMs), held.signal);
      }
    } catch {
      return;
    }
    if (held.retired) return;
    const others = [...shelf.held].some((other) => other !== held && other.hasRoom && !other.worn);
    if (shelf.members > 0 && !others && this.#count() < this.#options.connections) {
      await this.#open(shelf).opening.catch(() => {});
    }
    this.#retire(shelf, held);
  }

  /** Hands a connection out no more; it is closed as soon as nobody uses it. */
  #retire(shelf: Shelf<C>, held: HeldConnection<C>): void {
    held.retired = true;
    if (held.users === 0) this.#close(shelf, held);
  }

  /** Retires the connection that was idle for longest, of those who have nobody first. */
  #evict(): boolean {
    const idle = [...this.#shelves.values()].flatMap((shelf) =>
      [...shelf.held].filter(({ open, users }) => open && users === 0).map((held) => ({ shelf, held }))
    );
    const wanted = ({ shelf }: { readonly shelf: Shelf<C> }) => Math.min(1, shelf.members);
    const [longest] = idle.sort((one, other) =>
      wanted(one) - wanted(other) || other.held.idleMs - one.held.idleMs
    );
    if (!longest) return false;
    this.#retire(longest.shelf, longest.held);
    return true;
  }

  #close(shelf: Shelf<C>, held: HeldConnection<C>): void {
    if (!shelf.held.delete(held)) return;
    this.#forget(shelf);
    const end = held.close();
    this.#ends.add(end);
    end.then(() => this.#ends.delete(end));
  }

  /** What nobody is there to use is not opened to its end. */
  #tidy(shelf: Shelf<C>): void {
    if (shelf.members > 0) return;
    for (const held of [...shelf.held]) if (!held.open && held.users === 0) this.#close(shelf, held);
    this.#forget(shelf);
  }

  /** A kind that nobody uses and of which nothing is held is forgotten. */
  #forget(shelf: Shelf<C>): void {
    const unused = shelf.members === 0 && shelf.held.size === 0;
    if (unused && this.#shelves.get(shelf.kind) === shelf) this.#shelves.delete(shelf.kind);
  }

  #count(): number {
    let count = 0;
    for (const shelf of this.#shelves.values()) count += shelf.held.size;
    return count;
  }
}

function rank<C extends PooledConnection>(held: HeldConnection<C>): number {
  return (held.open ? 1000 : 0) + (held.worn ? -500 : 0) + held.users;
}
