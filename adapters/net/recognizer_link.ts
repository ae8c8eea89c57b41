import type { Clock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { unlessAborted } from "../../flow/abortable.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Usage } from "../../pipeline/ports.ts";
import { AudioPacer } from "./audio_pacer.ts";
import { type Age, ConnectionAge } from "./connection_age.ts";
import type { ConnectionAudio } from "./connection_audio.ts";
import type { RecognizerWire, WireConnection, WireEvent, WireHeard, WireMessage } from "./recognizer_wire.ts";
import type { ConnectSocket, ProviderSocket } from "./socket.ts";
import { UnheardAudio } from "./unheard_audio.ts";

/** How many events may wait to be reported. */
const eventLimit = 4096;
/** How many bytes may wait to leave this machine before no more are sent, and how often that is looked at. */
const waitingLimit = 256 * 1024;
const waitingPollMs = 20;
/** How much of what was sent a provider may leave out when it tells how far all is settled, in ms, and how far it has listened, which it does not tell all the time. */
const roundingMs = 50;
const untoldMs = 1000;
/** How much audio is charged for before that is told, in ms. */
const usageEveryMs = 10_000;

/** What happened on a connection, in order; `sentMs` is how much audio had been sent then. */
export interface LinkItem {
  readonly event: WireEvent | LinkEvent;
  readonly sentMs: number;
}

/** What happens on a connection beside the provider's events. */
export type LinkEvent =
  /** A flush is to be answered; nobody else will make final what is `unanswered`. */
  | { readonly type: "flushed"; readonly id: number | undefined; readonly unanswered: boolean }
  /** What was sent up to here would have been told of by now. */
  | { readonly type: "reached"; readonly toMs: number }
  /** It is to be replaced. */
  | { readonly type: "aged" };

/** What a {@linkcode RecognizerLink} is made of. */
export interface RecognizerLinkParts {
  readonly wire: RecognizerWire;
  readonly connection: WireConnection;
  readonly audio: ConnectionAudio;
  readonly connect: ConnectSocket;
  readonly clock: Clock;
  /** How long it may take until audio may be sent, and until audio leaves this machine, in ms. */
  readonly deadlineMs: number;
}

/** One connection to a recognizer: keeps its rules, and tells in order what happens on it. */
export class RecognizerLink implements AsyncDisposable {
  readonly audio: ConnectionAudio;
  /** What happens, up to the end: `finished` or `failed` is the last. */
  readonly items: Queue<LinkItem>;
  readonly #parts: RecognizerLinkParts;
  readonly #pacer: AudioPacer | undefined;
  readonly #openedMs: number;
  readonly #over = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  readonly #unheard = new UnheardAudio();
  readonly #age: ConnectionAge | undefined;
  #socket: ProviderSocket | undefined;
  #isOpen = false;
  #sentSamples = 0;
  #isSending = false;
  /** Whether an utterance is open, as far as the provider has told. */
  #isSpeaking = false;
  #lastSentMs: number;
  #lastToldMs: number;
  #finalizing: PromiseWithResolvers<void> | undefined;
  #finalizedMs = 0;
  /** How far the provider said that it has listened, in ms. */
  #toldMs = 0;
  #ending = false;
  #closeCode: number | undefined;
  #chargedMs = 0;

  private constructor(parts: RecognizerLinkParts) {
    const { wire, clock, audio } = parts;
    const { sessionLimitMs } = wire;
    this.#parts = parts;
    this.audio = audio;
    this.items = new Queue<LinkItem>({ limit: eventLimit });
    this.#pacer = wire.pacing && new AudioPacer(wire.pacing, clock);
    this.#openedMs = this.#lastSentMs = this.#lastToldMs = clock.now();
    if (sessionLimitMs !== undefined) {
      this.#age = new ConnectionAge(sessionLimitMs, () => this.note({ type: "aged" }));
    }
    this.#ready.promise.catch(() => {});
  }

  /**
   * Connects; resolves when audio may be sent.
   *
   * @throws as {@linkcode ConnectSocket} does, or what the provider says in the place of its readiness.
   */
  static async open(parts: RecognizerLinkParts, signal: AbortSignal): Promise<RecognizerLink> {
    const link = new RecognizerLink(parts);
    try {
      await link.#connect(signal);
      return link;
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    }
  }

  get age(): Age {
    return this.#age?.now ?? "young";
  }

  /** How much audio was sent, in ms. */
  get sentMs(): number {
    return this.#sentSamples * 1000 / this.audio.rate;
  }

  /** Sends a piece of audio, as soon as it may go. */
  async send(chunk: Int16Array, signal: AbortSignal): Promise<void> {
    const { clock, wire } = this.#parts;
    this.#isSending = true;
    try {
      await this.#pacer?.take(chunk.length * 1000 / this.audio.rate, signal);
      await this.#drained(signal);
      signal.throwIfAborted();
      this.#sendAudio(chunk);
    } finally {
      this.#isSending = false;
    }
    const lagMs = this.#isSpeaking ? wire.speakingLagMs ?? wire.lagMs : wire.lagMs;
    if (lagMs === undefined) return;
    const nowMs = clock.now();
    this.#unheard.sent(this.sentMs, nowMs);
    const toMs = this.#unheard.take(lagMs, nowMs);
    if (toMs !== undefined) this.note({ type: "reached", toMs });
  }

  /** Asks for all that was sent to become final. @returns whether it was answered: if not, nobody will. */
  async finalize(signal: AbortSignal): Promise<boolean> {
    const { wire: { finalize: { answer, timeoutMs }, provider }, connection } = this.#parts;
    if (this.sentMs === this.#finalizedMs) return true;
    this.#finalizedMs = this.sentMs;
    const messages = answer === "none" ? [] : connection.finalize();
    if (answer !== "none" && messages.length === 0) return true;
    const finalizing = this.#finalizing = Promise.withResolvers<void>();
    using waiting = new LinkedAbort(signal, this.#over.signal);
    try {
      this.#sendAll(messages);
      const late = this.#silence(timeoutMs, waiting.signal).then(() => false);
      const answered = await Promise.race([finalizing.promise.then(() => true), late]);
      if (!answered && (answer === "acknowledged" || this.#isBehind())) {
        const message = `Cannot use ${provider}: it made nothing final within ${timeoutMs} ms`;
        throw new PipelineError("timeout", message);
      }
      return answered;
    } finally {
      waiting.abort();
      this.#finalizing = undefined;
    }
  }

  /** Says that there is no more audio; what is left is told, then the items end. */
  end(): void {
    if (this.#ending) return;
    const { wire: { end: { timeoutMs }, provider }, connection } = this.#parts;
    this.#ending = true;
    try {
      this.#sendAll(connection.end());
    } catch (error) {
      return this.fail(error);
    }
    this.#silence(timeoutMs, this.#over.signal).then(() => {
      this.fail(
        new PipelineError("timeout", `Cannot use ${provider}: it did not end within ${timeoutMs} ms`),
      );
    }, () => {});
  }

  /** Something happens in its place among the provider's events. */
  note(event: WireEvent | LinkEvent): void {
    if (this.items.closed || this.items.push({ event, sentMs: this.sentMs })) return;
    const { provider } = this.#parts.wire;
    this.items.fail(
      new PipelineError("overloaded", `Cannot hear with ${provider}: more than ${eventLimit} events wait`),
    );
    this.#over.abort();
  }

  /** It is of no use any more; that is told after what came before. */
  fail(reason: unknown): void {
    if (this.#over.signal.aborted) return;
    const { provider } = this.#parts.wire;
    const error = PipelineError.from(reason, `Cannot use ${provider}: its message cannot be read`);
    this.#ready.reject(error);
    this.note({ type: "failed", error });
    this.#finish();
  }

  /** What is charged for and was not told yet; when not everything is asked for, only if it is worth telling. */
  usage(everything: boolean): Usage | undefined {
    const { wire: { billing }, clock } = this.#parts;
    if (billing === "reported") return undefined;
    const totalMs = billing === "audio" ? this.sentMs : clock.now() - this.#openedMs;
    const audioMs = totalMs - this.#chargedMs;
    if (audioMs <= 0 || !everything && audioMs < usageEveryMs) return undefined;
    this.#chargedMs = totalMs;
    return { type: "usage", audioMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { connection } = this.#parts;
    // A provider may charge until it is told that it is over.
    if (this.#isOpen && !this.#ending && !this.#over.signal.aborted) {
      try {
        this.#sendAll(connection.end());
      } catch {
        // It is closed in any case.
      }
    }
    this.#finish();
    const socket = this.#socket;
    this.#socket = undefined;
    await socket?.[Symbol.asyncDispose]();
    this.audio[Symbol.dispose]();
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { wire, connection, connect } = this.#parts;
    const { provider, closing } = wire;
    const { url, headers, opening, awaitsReady } = connection;
    this.#socket = await connect({
      provider,
      url,
      headers,
      message: (data) => this.#take(data),
      ended: (error) => this.#ended(error),
      closing: (code, reason) => {
        this.#closeCode = code;
        return closing?.(code, reason);
      },
    }, signal);
    this.#sendAll(opening);
    if (awaitsReady) await this.#awaitReady(signal);
    else if (this.#over.signal.aborted) await this.#ready.promise;
    this.#isOpen = true;
    this.#keepAlive();
    this.#age?.grow(this.#parts.clock, this.#over.signal);
  }

  async #awaitReady(signal: AbortSignal): Promise<void> {
    const { wire: { provider }, clock, deadlineMs } = this.#parts;
    const waiting = new AbortController();
    const late = clock.sleep(deadlineMs, waiting.signal).then(() => {
      throw new PipelineError("timeout", `Cannot use ${provider}: it was not ready within ${deadlineMs} ms`);
    });
    late.catch(() => {});
    try {
      await unlessAborted(Promise.race([this.#ready.promise, late]), signal);
    } finally {
      waiting.abort();
    }
  }

  /** Resolves when nothing has been told for so long from now on: a provider may have to hear a lot before it comes to what was asked last. */
  async #silence(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    this.#lastToldMs = clock.now();
    for (let leftMs = ms; leftMs > 0; leftMs = this.#lastToldMs + ms - clock.now()) {
      await clock.sleep(leftMs, signal);
    }
  }

  #take(data: string | Uint8Array): void {
    if (this.#over.signal.aborted) return;
    try {
      for (const event of this.#parts.connection.read(data)) this.#follow(event);
    } catch (error) {
      this.fail(error);
    }
  }

  #follow(event: WireEvent): void {
    if (this.#over.signal.aborted) return;
    this.#lastToldMs = this.#parts.clock.now();
    switch (event.type) {
      case "ready":
        return this.#ready.resolve();
      case "failed":
        return this.fail(event.error);
      case "finished":
        this.note(event);
        return this.#finish();
      case "finalized":
        // One that nobody waits for comes late: what it is the answer to was dealt with.
        if (!this.#finalizing) return;
        this.#isSpeaking = false;
        this.note(event);
        return this.#finalizing.resolve();
      default:
        if (event.type === "started" || saysWords(event)) this.#isSpeaking = true;
        if (event.type === "ended") this.#isSpeaking = false;
        this.note(event);
        if (event.type === "heard" || event.type === "unchanged") this.#tell(event);
        if (event.type === "ended" && this.#parts.wire.finalize.answer === "none") {
          this.#finalizing?.resolve();
        }
    }
  }

  #tell({ toMs = 0, settledMs = 0 }: Pick<WireHeard, "toMs" | "settledMs">): void {
    this.#toldMs = Math.max(this.#toldMs, toMs);
    // As good as an answer.
    if (settledMs > this.#finalizedMs - roundingMs) this.#finalizing?.resolve();
  }

  /** Whether a provider that always tells how far it has listened is far from the end of what was sent. */
  #isBehind(): boolean {
    return this.#parts.wire.lagMs === undefined && this.#toldMs < this.#finalizedMs - untoldMs;
  }

  #ended(error: PipelineError): void {
    const { answer } = this.#parts.wire.end;
    const inOrder = this.#closeCode === 1000 || this.#closeCode === 1005;
    if (!this.#ending || answer !== "close" || !inOrder) return this.fail(error);
    if (this.#over.signal.aborted) return;
    this.note({ type: "finished" });
    this.#finish();
  }

  #finish(): void {
    this.items.close();
    this.#over.abort(new PipelineError("unavailable", "The connection has ended"));
  }

  #sendAll(messages: readonly WireMessage[]): void {
    for (const message of messages) this.#socket?.send(message);
    if (messages.length > 0) this.#lastSentMs = this.#parts.clock.now();
  }

  #sendAudio(chunk: Int16Array): void {
    const { connection } = this.#parts;
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#sentSamples += chunk.length;
    this.#sendAll([connection.audio?.(bytes) ?? bytes]);
    connection.sent?.(this.sentMs);
    this.#age?.reach(this.sentMs);
  }

  /** Waits while what was sent does not leave this machine. */
  async #drained(signal: AbortSignal): Promise<void> {
    const { clock, deadlineMs, wire: { provider } } = this.#parts;
    const sinceMs = clock.now();
    while ((this.#socket?.waitingBytes ?? 0) > waitingLimit) {
      if (clock.now() - sinceMs >= deadlineMs) {
        throw new PipelineError("timeout", `Cannot use ${provider}: it took no audio for ${deadlineMs} ms`);
      }
      await clock.sleep(waitingPollMs, signal);
    }
  }

  async #keepAlive(): Promise<void> {
    const { wire: { keepalive }, clock } = this.#parts;
    if (!keepalive) return;
    try {
      while (true) {
        const leftMs = this.#lastSentMs + keepalive.idleMs - clock.now();
        if (leftMs > 0) await clock.sleep(leftMs, this.#over.signal);
        else if (this.#ending || this.#over.signal.aborted) return;
        // What was cut out of the audio already has to go first.
        else if (this.#isSending) await clock.sleep(keepalive.idleMs, this.#over.signal);
        else if ("message" in keepalive) this.#sendAll([keepalive.message]);
        else {
          for (const chunk of this.audio.silence(keepalive.silenceMs)) {
            this.#pacer?.count(chunk.length * 1000 / this.audio.rate);
            this.#sendAudio(chunk);
          }
        }
      }
    } catch (error) {
      this.fail(error);
    }
  }
}

function saysWords(event: WireEvent): boolean {
  return event.type === "heard" && event.append.length + event.tentative.length > 0;
}
