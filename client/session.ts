import { together } from "../flow/together.ts";
import type { NumberedClientMessage } from "../protocol/client_message.ts";
import { CloseCode } from "../protocol/close.ts";
import { ProtocolError } from "../protocol/error.ts";
import { ACKNOWLEDGE_EVERY_MS, RING_BYTES } from "../protocol/limits.ts";
import { Link, type Unnumbered } from "../protocol/link.ts";
import type { Lane, Ready, Totals } from "../protocol/server_message.ts";
import { Carrier } from "./carrier.ts";
import { type ConnectOptions, type Settings, settingsOf } from "./connect_options.ts";
import { Continuation } from "./continuation.ts";
import { SessionError } from "./error.ts";
import type { ClientEvent, StateEvent } from "./event.ts";
import { Inbox } from "./inbox.ts";
import { Intake, type Taken } from "./intake.ts";
import { Requests } from "./requests.ts";
import type { ServiceClock } from "./service_clock.ts";
import { SourceAudio } from "./source_audio.ts";

const pingEveryMs = 5_000;
/** No more is handed to a socket while this many bytes are still in it. */
const socketBytes = 65_536;

/**
 * Opens a session and waits until the service is ready.
 *
 * @throws {SessionError} when the service cannot be reached or refuses, and `signal.reason` when the signal aborts first.
 * @throws {RangeError} when messageMs or bufferBytes is too small, {TypeError} when the url is none.
 */
export function connect(options: ConnectOptions): Promise<ClientSession> {
  return ClientSession.open(options);
}

/**
 * A live session, seen from the client: takes source audio, gives events. When the socket is cut it resumes by itself, for as long as the
 * service waits for it, and goes on at another instance where the one that it had is gone: no sample is lost or repeated, either way, and what
 * has arrived is not told again.
 */
export class ClientSession implements AsyncDisposable {
  readonly #signal: AbortSignal;
  readonly #settings: Settings;
  readonly #source: SourceAudio;
  readonly #inbox: Inbox;
  readonly #intake: Intake;
  readonly #carrier: Carrier;
  readonly #stop = new AbortController();
  readonly #played = new Map<number, number>();
  readonly #requests = new Requests();
  #link: Link<NumberedClientMessage>;
  /** What another instance is asked to go on with; `undefined` while the session is at one that knows it. */
  #continuation: Continuation | undefined;
  #playedChanged = false;
  #saidWindowBytes = 0;
  #pingAtMs = 0;
  #flushes = 0;
  #inputEnded = false;
  #over: { readonly failure: unknown } | undefined;
  #closed: Promise<void> = Promise.resolve();

  private constructor(settings: Settings, signal: AbortSignal) {
    const position = settings.start.continues?.position ?? 0;
    this.#signal = signal;
    this.#settings = settings;
    this.#link = new Link({ limitBytes: RING_BYTES, settled: position });
    this.#source = new SourceAudio(this.#link, settings.messageSamples, position);
    this.#inbox = new Inbox(settings.bufferBytes);
    this.#intake = new Intake(this.#link, this.#inbox, settings.clock, this.#requests);
    this.#carrier = new Carrier(settings, (data) => this.#receive(data), () => this.#intake.error);
  }

  /** See {@linkcode connect}. */
  static async open(options: ConnectOptions): Promise<ClientSession> {
    options.signal.throwIfAborted();
    const session = new ClientSession(settingsOf(options), options.signal);
    await session.#begin();
    return session;
  }

  /** What the service said when the session started. */
  get ready(): Ready {
    return this.#intake.ready!;
  }

  /** The lanes as they are now. */
  get lanes(): readonly Lane[] {
    return this.#intake.lanes;
  }

  /** Whether a socket carries the session at the moment. */
  get live(): boolean {
    return this.#carrier.live;
  }

  /** What the pings say about the service's clock and the way there. */
  get serviceClock(): ServiceClock {
    return this.#intake.serviceClock;
  }

  /** One past the last source sample that was sent or left out. */
  get position(): number {
    return this.#source.position;
  }

  /** Resolves when the session is over and its socket gone; never rejects. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /**
   * What happens, for one reader. What is not read closes the window, so that the service waits. Ends after the `state` event `ended`; rejects with
   * the reason when the session was aborted.
   */
  get events(): AsyncIterable<ClientEvent> {
    return this.#inbox.events();
  }

  /**
   * Sends PCM without waiting, for a microphone: all samples or none. What is sent while the socket is cut goes out after the resume.
   *
   * @returns false when too much waits already; then `skip` says that samples are left out.
   * @throws {SessionError} when the session is over, {TypeError} after `end`.
   */
  push(samples: Int16Array): boolean {
    this.#demandOpen();
    const taken = this.#source.push(samples);
    this.#flush();
    return taken;
  }

  /** Sends Opus packets that last so many samples at 48 kHz, as `push` does. */
  pushOpus(packets: readonly Uint8Array[], samples: number): boolean {
    this.#demandOpen();
    const taken = this.#source.pushOpus(packets, samples);
    this.#flush();
    return taken;
  }

  /** Leaves out so many samples of the source: its clock goes on without them. */
  skip(samples: number): void {
    this.#demandOpen();
    this.#source.skip(samples);
    this.#flush();
  }

  /** Sends PCM as fast as the service takes it, for a file. Throws as `push` does, and `signal.reason` when the signal aborts first. */
  async send(samples: Int16Array, signal: AbortSignal = this.#signal): Promise<void> {
    const pieceSamples = this.#source.messageSamples;
    for (let at = 0; at < samples.length;) {
      await this.room(signal);
      const piece = samples.subarray(at, at + pieceSamples);
      if (this.push(piece)) at += piece.length;
      else await this.#carrier.changed.wait(signal);
    }
  }

  /** Waits until a message would go out at once. Throws as `send` does. */
  async room(signal: AbortSignal): Promise<void> {
    this.#demandOpen();
    while (!this.#link.canSend(this.#source.messageBytes)) {
      await this.#carrier.changed.wait(signal);
      this.#demandOpen();
    }
  }

  /** Asks that everything sent so far be interpreted now; returns the id that `flushed` will bear. Throws as `push` does. */
  flush(): number {
    this.#tell({ type: "flush", id: this.#flushes + 1 });
    return ++this.#flushes;
  }

  /**
   * Asks that what is left of the segments up to `through` not be spoken in a lane; after `end`, too.
   *
   * @throws {SessionError} when the session is over.
   */
  cancel(lane: number, through: number): void {
    this.#tellAnytime({ type: "cancel", lane, through });
  }

  /**
   * Turns the speech of a lane off or on; after `end`, too.
   *
   * @throws {SessionError} when the session is over.
   */
  mute(lane: number, muted: boolean): void {
    this.#tellAnytime({ type: "mute", lane, muted });
  }

  /** Asks for other target languages. Throws as `push` does. */
  setTargets(targets: readonly string[]): void {
    this.#tell({ type: "targets", targets });
  }

  /** Says up to where the listener has heard a lane; goes with the next acknowledgement. */
  played(lane: number, position: number): void {
    this.#played.set(lane, position >>> 0);
    this.#playedChanged = true;
  }

  /**
   * Ends the session in order: what was sent is interpreted and arrives as events, which have to be read meanwhile.
   *
   * @throws what ended the session before that, and `signal.reason` when the signal aborts first.
   */
  async end(signal: AbortSignal = this.#signal): Promise<Totals> {
    if (!this.#inputEnded && !this.#over) {
      this.#tell({ type: "end" });
      this.#inputEnded = true;
    }
    while (!this.#over) await this.#carrier.changed.wait(signal);
    await this.#closed;
    if (!this.#intake.totals) throw this.#over.failure;
    return this.#intake.totals;
  }

  /** Ends the session at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish(new DOMException("The session was disposed", "AbortError"));
    await this.#closed;
  }

  async #begin(): Promise<void> {
    this.#signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#state("connecting");
    try {
      const greeting = JSON.stringify({ type: "start", ...this.#settings.start });
      const end = await this.#carrier.dial(greeting, this.#stop.signal);
      if (end) throw this.#carrier.errorOf("Cannot start the session", end);
    } catch (error) {
      this.#finish(error);
      await this.#carrier.leave();
      throw this.#over!.failure;
    }
    this.#closed = this.#run();
  }

  async #run(): Promise<void> {
    try {
      await together(
        this.#stop.signal,
        (signal) => this.#keepConnected(signal),
        (signal) => this.#keepTime(signal),
      );
    } catch (error) {
      this.#finish(error);
    }
    await this.#carrier.leave();
  }

  async #keepConnected(signal: AbortSignal): Promise<void> {
    while (true) {
      const cut = await this.#carrier.cut(signal);
      this.#state("reconnecting");
      await this.#carrier.redial(cut, {
        greeting: () => this.#greeting(),
        elsewhere: () => this.#goElsewhere(),
        withinMs: this.ready.limits.resumeMs,
      }, signal);
    }
  }

  #greeting(): string {
    if (this.#continuation) return JSON.stringify({ type: "start", ...this.#continuation.start });
    return JSON.stringify({
      type: "resume",
      session: this.ready.session,
      token: this.#intake.token,
      received: this.#link.acknowledgement(),
    });
  }

  /** The session is not known where the socket has led to: asks for it to be continued there. False when that was what was asked. */
  #goElsewhere(): boolean {
    if (this.#continuation) return false;
    const { start } = this.#settings;
    const { arrivals, lanes } = this.#intake;
    this.#continuation = new Continuation({
      start,
      lanes,
      arrivals,
      link: this.#link,
      position: this.#source.kept,
    });
    this.#intake.move();
    return true;
  }

  /** Another instance goes on: what the lost one had not settled is kept for it. */
  #arrive(continuation: Continuation): void {
    this.#continuation = undefined;
    this.#link = continuation.relink(this.#link, this.#requests, this.#inputEnded);
    this.#source.move(this.#link);
    const { start } = this.#settings;
    const earlier = continuation.start.continues.position - (start.continues?.position ?? 0);
    this.#intake.moved(this.#link, (earlier >>> 0) * 1000 / start.input.rate);
  }

  async #keepTime(signal: AbortSignal): Promise<void> {
    while (true) {
      await this.#settings.clock.sleep(ACKNOWLEDGE_EVERY_MS / 2, signal);
      const awake = this.#carrier.check();
      if (!this.#carrier.live) continue;
      if (awake || this.#settings.clock.now() >= this.#pingAtMs) this.#ping();
      const windowMoved = this.#inbox.windowBytes !== this.#saidWindowBytes;
      if (this.#link.owedBytes > 0 || windowMoved || this.#playedChanged) this.#acknowledge();
      this.#flush();
    }
  }

  #receive(data: unknown): void {
    if (this.#over) return;
    try {
      this.#react(this.#intake.take(data, this.#carrier.live));
    } catch (error) {
      const wrong = error instanceof ProtocolError;
      const reason = wrong ? error.message : "The client failed";
      this.#carrier.close(CloseCode.protocol, reason);
      this.#finish(
        wrong
          ? new SessionError(`The service does not speak parley.v1: ${reason}`, CloseCode.protocol)
          : error,
      );
    }
  }

  #react(taken: Taken): void {
    switch (taken) {
      case "greeting":
        if (this.#continuation) this.#arrive(this.#continuation);
        this.#carrier.greeted();
        this.#state("live");
        this.#acknowledge();
        this.#ping();
        return this.#flush();
      case "acknowledgement":
        this.#flush();
        return this.#carrier.changed.notify();
      case "numbered":
        if (this.#link.owedBytes > this.#settings.bufferBytes / 4) this.#acknowledge();
        return;
      case "ended":
        this.#acknowledge();
        return this.#finish(undefined);
      case "other":
        return;
    }
  }

  #tell(message: Unnumbered<NumberedClientMessage>): void {
    this.#demandOpen();
    this.#tellAnytime(message);
  }

  #tellAnytime(message: Unnumbered<NumberedClientMessage>): void {
    this.#demandSession();
    this.#source.flush();
    this.#link.keepJson(message);
    this.#requests.ask(message);
    this.#flush();
  }

  #flush(): void {
    const carrier = this.#carrier;
    while (carrier.live && carrier.waitingBytes < socketBytes) {
      const message = this.#link.take();
      if (message === undefined) return;
      carrier.send(message);
    }
  }

  #ping(): void {
    const nowMs = this.#settings.clock.now();
    this.#pingAtMs = nowMs + pingEveryMs;
    this.#carrier.send(JSON.stringify({ type: "ping", t0: nowMs }));
  }

  #acknowledge(): void {
    this.#saidWindowBytes = this.#inbox.windowBytes;
    const received = this.#link.acknowledgement();
    const played = this.#playedChanged
      ? { played: Array.from(this.#played, ([lane, position]) => ({ lane, position })) }
      : {};
    this.#playedChanged = false;
    this.#carrier.send(JSON.stringify({ type: "ack", received, window: this.#saidWindowBytes, ...played }));
  }

  #state(state: StateEvent["state"], error?: SessionError): void {
    this.#inbox.push({ type: "state", state, ...(error ? { error } : {}) }, 0);
  }

  #demandSession(): void {
    if (this.#over) throw this.#over.failure ?? new TypeError("Cannot send: the session has ended");
  }

  #demandOpen(): void {
    this.#demandSession();
    if (this.#inputEnded) throw new TypeError("Cannot send: end was called");
  }

  readonly #onAbort = (): void => this.#finish(this.#signal.reason);

  /** Is over, once: in order, with an error that the reader of the events is told, or for another reason, with which they reject. */
  #finish(failure: unknown): void {
    if (this.#over) return;
    this.#over = { failure };
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (failure === undefined || failure instanceof SessionError) {
      this.#state("ended", failure);
      this.#inbox.close();
    } else {
      this.#inbox.fail(failure);
    }
    this.#carrier.close(
      CloseCode.ended,
      failure === undefined ? "The session has ended" : "The client leaves",
    );
    this.#stop.abort(failure ?? new DOMException("The session has ended", "AbortError"));
    this.#carrier.changed.notify();
  }
}
