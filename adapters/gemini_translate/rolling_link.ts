import { unlessAborted } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import type { AgreedLink } from "../net/agreed_link.ts";
import type { TargetEvent, TargetLink, TargetListener } from "../net/session_per_target.ts";
import { isAudible } from "../net/target_speech.ts";
import { type GeminiEvent, streamEndMessage } from "./wire.ts";

/** Options of a {@linkcode RollingLink}. */
export interface RollingLinkOptions {
  /** Opens a connection. */
  readonly open: (signal: AbortSignal) => Promise<AgreedLink<GeminiEvent>>;
  /** A connection that is so old is replaced, in ms, whether the provider has asked for it or not. */
  readonly renewAfterMs: number;
  readonly clock: Clock;
}

/** How long a connection that is so old may go on, in ms. */
const graceMs = 60_000;
/** The next connection takes over where nobody speaks; from so long before the end of the old one on between two words, and at last anywhere; in ms. */
const hurryMs = 20_000;
const lastMs = 10_000;
/** What is softer than this may lie between two words: -36 dBFS. */
const softPeak = 512;
/** What was said over the old one has come when nothing came for so long, or so much time is over, in ms. */
const quietMs = 3000;
const longestMs = 20_000;
/** How many events of the new connection wait for that. */
const heldLimit = 4096;
/** How long after a failure a connection is opened again, in ms. */
const retryMs = 2000;

/**
 * A source on its way into one language, over one connection after the other: the provider ends each after some minutes, and says so before. The next one is opened
 * while the old one is still in use, and takes over between two words; what comes of it waits until everything has come of the old one, so that no word is lost or
 * out of order.
 */
export class RollingLink implements TargetLink {
  readonly #options: RollingLinkOptions;
  readonly #stop = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  #current: AgreedLink<GeminiEvent>;
  /** Is to take over. */
  #next: AgreedLink<GeminiEvent> | undefined;
  /** Ends the search for the next one. */
  #search: LinkedAbort | undefined;
  /** Has been taken over from, and is not done. */
  #old: AgreedLink<GeminiEvent> | undefined;
  #oldCameAtMs = 0;
  #held: TargetEvent[] = [];
  /** When the provider ends the current one, as far as that is known. */
  #endsAtMs = Infinity;
  /** Whether audio was sent whose end was not told. */
  #streams = false;
  #listener: TargetListener | undefined;

  private constructor(first: AgreedLink<GeminiEvent>, options: RollingLinkOptions) {
    this.#current = first;
    this.#options = options;
  }

  /** Opens the first connection. */
  static async open(options: RollingLinkOptions, signal: AbortSignal): Promise<RollingLink> {
    return new RollingLink(await options.open(signal), options);
  }

  get waitingBytes(): number {
    return this.#current.waitingBytes;
  }

  /** Whether not everything has come yet of what was said over an old connection. */
  get awaiting(): boolean {
    return this.#old !== undefined;
  }

  listen(listener: TargetListener): void {
    this.#listener = listener;
    this.#use(this.#current);
  }

  send(message: string, chunk: Int16Array): void {
    if (this.#isTimeToChange(chunk)) this.#change();
    this.#streams = true;
    this.#current.send(message);
  }

  pause(): void {
    this.#endStream();
    if (this.#next && !this.#old) this.#change();
  }

  end(): undefined {
    this.#endStream();
    this.#search?.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener = undefined;
    this.#stop.abort(new DOMException("The session has ended", "AbortError"));
    const links = [this.#current, this.#next, this.#old];
    await Promise.all(links.map((link) => link?.[Symbol.asyncDispose]()));
    await Promise.all(this.#tasks);
  }

  #use(link: AgreedLink<GeminiEvent>): void {
    this.#current = link;
    this.#endsAtMs = Infinity;
    link.listen({
      take: (event) => this.#take(link, event),
      failed: (error) => this.#lost(link, error),
    });
    this.#run(async (signal) => {
      const { clock, renewAfterMs } = this.#options;
      await clock.sleep(renewAfterMs, signal);
      if (link === this.#current) this.#replace(graceMs);
    });
  }

  #take(link: AgreedLink<GeminiEvent>, event: GeminiEvent): void {
    if (event.type === "ready") return;
    if (event.type === "leaving") return link === this.#current ? this.#replace(event.leftMs) : undefined;
    if (link === this.#old) {
      if (!isSilence(event)) this.#oldCameAtMs = this.#options.clock.now();
      return this.#listener?.take(event);
    }
    if (!this.#old) return this.#listener?.take(event);
    this.#held.push(event);
    if (this.#held.length >= heldLimit) this.#letGo();
  }

  #lost(link: AgreedLink<GeminiEvent>, error: unknown): void {
    if (link === this.#old) return this.#letGo();
    if (link !== this.#current) return;
    // Where nothing was on its way, nothing is lost.
    if (!this.#next || this.#streams || this.#old) return this.#listener?.failed(error);
    this.#change();
    this.#letGo();
  }

  /** Sees to a connection that takes over before the current one ends, `leftMs` from now. */
  #replace(leftMs: number): void {
    this.#endsAtMs = Math.min(this.#endsAtMs, this.#options.clock.now() + leftMs);
    if (this.#search) return;
    this.#search = new LinkedAbort(this.#stop.signal);
    const { signal } = this.#search;
    this.#run(() => this.#findNext(signal));
  }

  /** Keeps a connection ready until it is taken, or none is needed. */
  async #findNext(signal: AbortSignal): Promise<void> {
    const { open, clock } = this.#options;
    while (!signal.aborted) {
      const next = await open(signal).catch(() => undefined);
      if (next) {
        this.#next = next;
        await unlessAborted(next.ended, signal).catch(() => {});
        // It was taken, or has ended before that.
        if (this.#next !== next) return;
        this.#next = undefined;
        await next[Symbol.asyncDispose]();
      }
      await clock.sleep(retryMs, signal).catch(() => {});
    }
  }

  #isTimeToChange(chunk: Int16Array): boolean {
    if (!this.#next || this.#old) return false;
    const leftMs = this.#endsAtMs - this.#options.clock.now();
    if (leftMs < lastMs) return true;
    return (leftMs < hurryMs || !this.#listener?.speaking) && !isAudible(chunk, softPeak);
  }

  #change(): void {
    const [old, next] = [this.#current, this.#next];
    if (!next) return;
    this.#endStream();
    this.#next = undefined;
    this.#search?.abort();
    this.#search?.[Symbol.dispose]();
    this.#search = undefined;
    this.#old = old;
    this.#oldCameAtMs = this.#options.clock.now();
    this.#use(next);
    this.#run((signal) => this.#drain(old, signal));
  }

  async #drain(old: AgreedLink<GeminiEvent>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const sinceMs = clock.now();
    try {
      while (this.#old === old) {
        const leftMs = Math.min(this.#oldCameAtMs + quietMs, sinceMs + longestMs) - clock.now();
        if (leftMs <= 0) this.#letGo();
        else await clock.sleep(leftMs, signal);
      }
    } finally {
      await old[Symbol.asyncDispose]();
    }
  }

  /** Nothing more is waited for of the old connection. */
  #letGo(): void {
    this.#old = undefined;
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#listener?.take(event);
  }

  #endStream(): void {
    if (this.#streams) this.#current.send(streamEndMessage);
    this.#streams = false;
  }

  #run(task: (signal: AbortSignal) => Promise<void>): void {
    const running = task(this.#stop.signal).catch(() => {}).finally(() => this.#tasks.delete(running));
    this.#tasks.add(running);
  }
}

/** The provider sends silence for as long as it says nothing. */
function isSilence(event: TargetEvent): boolean {
  if (event.type !== "audio") return event.type === "usage";
  const { bytes } = event;
  return !isAudible(new Int16Array(bytes.slice(0, bytes.length & ~1).buffer));
}
