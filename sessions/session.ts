import type { Clock } from "../flow/clock.ts";
import { Condition } from "../flow/condition.ts";
import { together } from "../flow/together.ts";
import { durationMs, type Format } from "../pipeline/audio.ts";
import { PipelineError } from "../pipeline/error.ts";
import { capabilities } from "../pipeline/capabilities.ts";
import {
  type Control,
  interpret,
  type Interpretation,
  type Services,
  type SessionOptions,
  type TracedWork,
} from "../pipeline/interpret.ts";
import type { LanguageTag } from "../pipeline/language.ts";
import type { LaneDescription, SessionEvent } from "../pipeline/session_event.ts";
import { CloseCode } from "../protocol/close.ts";
import {
  type ClientAck,
  type ClientMessage,
  type Continues,
  type NumberedClientMessage,
  parseClientMessage,
  type Resume,
} from "../protocol/client_message.ts";
import { decodeBinary } from "../protocol/codec.ts";
import { ProtocolError } from "../protocol/error.ts";
import { ACKNOWLEDGE_EVERY_MS, MAX_BINARY_BYTES, RING_BYTES } from "../protocol/limits.ts";
import { Link, type Unnumbered } from "../protocol/link.ts";
import type { NumberedServerMessage, ServerMessage, Totals } from "../protocol/server_message.ts";
import { interpretOn } from "./continuing.ts";
import { decoded } from "./decoded.ts";
import { failureOf } from "./failure.ts";
import { Incoming } from "./incoming.ts";
import type { Limits } from "./limits.ts";
import type { MessageSocket } from "./message_socket.ts";
import { noMessages, type SessionObserver, type SessionView, type SessionWatch } from "./observer.ts";
import { encodeSpeech, messageOf, wireLanes } from "./outgoing.ts";
import { Playout } from "./playout.ts";
import { Speaking } from "./speaking.ts";
import { Tokens, unguessable } from "./token.ts";

/** No more is handed to a socket while this many bytes are still in it. */
const socketBytes = 262_144;
/** More than any JSON message of the service takes, in bytes. */
const jsonBytes = 16_384;
/** What a socket that just broke ends with (RFC 6455, 7.4.1). */
const noCode = 1006;
/** How long the end of a session waits for a client that acknowledges nothing more, in ms. */
const farewellMs = 10_000;

/** What a {@linkcode Session} is made of. */
export interface SessionParts {
  /** With the input as the client sends it. */
  readonly options: SessionOptions;
  /** What the recognizer gets instead of Opus, which it does not take. */
  readonly decode?: Format;
  readonly captions: boolean;
  /** What the client had of the session at another instance that is gone. */
  readonly continues?: Continues;
  readonly services: Services;
  readonly limits: Limits;
  /** The targets that a client asks for later, checked as at the start. */
  checkTargets(targets: readonly string[]): readonly string[];
  /** Is told of failures that are faults of ours. */
  readonly onFault: (error: unknown) => void;
  /** Is told what happens to the session. */
  readonly observer: SessionObserver;
}

/**
 * One speaker's session: outlives its sockets. Takes in what the client says, interprets it, and hands what comes of it to whichever socket
 * the client has at the moment; what a socket could not deliver is delivered by the next one.
 */
export class Session implements SessionView {
  readonly id = unguessable();
  readonly transport = "stream";
  readonly counts = noMessages();
  readonly #parts: SessionParts;
  readonly #clock: Clock;
  readonly #link = new Link<NumberedServerMessage>({ limitBytes: RING_BYTES });
  readonly #tokens = new Tokens();
  readonly #incoming: Incoming;
  readonly #interpretation: Interpretation;
  readonly #stop = new AbortController();
  readonly #acknowledged = new Condition();
  readonly #settling: { readonly seq: number; readonly position: number }[] = [];
  readonly #totals = { segments: 0, skipped: 0, spokenMs: 0 };
  readonly #watch: SessionWatch;
  readonly #speaking = new Speaking();
  readonly #playout = new Playout();
  #socket: MessageSocket | undefined;
  #detachedAtMs: number | undefined;
  #lanes: readonly LaneDescription[] | undefined;
  /** The numbers of all lanes that there were: a client may not have heard yet that one of them is gone. */
  readonly #laneNumbers = new Set<number>();
  /** Where the source's clock begins, in samples, and up to where the client has all that came of it. */
  readonly #start: number;
  #settled: number;
  #inputEnded = false;
  #endCode: number = noCode;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    const { input } = parts.options;
    this.#start = parts.continues?.position ?? 0;
    this.#incoming = new Incoming(input, parts.limits.inputMs, this.#start);
    this.#settled = this.#start;
    this.#watch = parts.observer.started(this);
    const { decode } = parts;
    const options = {
      ...parts.options,
      ...(decode ? { input: decode } : {}),
      trace: (work?: TracedWork) => this.#watch.trace(work),
    };
    const { signal } = this.#stop;
    const taken = this.#incoming.queue.items(signal);
    const heard = decode ? decoded(taken, decode, (error) => this.fail(error)) : taken;
    this.#interpretation = parts.continues
      ? interpretOn(parts.continues, input.rate, heard, parts.services, options, signal)
      : interpret(heard, parts.services, options, signal);
  }

  get source(): LanguageTag {
    return this.#parts.options.source;
  }

  get targets(): readonly LanguageTag[] {
    return this.#parts.options.targets;
  }

  get sourceMs(): number {
    return durationMs(this.#incoming.position - this.#start, this.#parts.options.input.rate);
  }

  get inputWaitingMs(): number {
    return this.#incoming.waitingMs;
  }

  get listenerLagMs(): number | undefined {
    return this.#playout.lagMs;
  }

  get outputWaitingBytes(): number {
    return this.#link.keptBytes + (this.#socket?.waitingBytes ?? 0);
  }

  /** Interprets until the client ends, the client is gone for too long, or it cannot go on; then says so on the socket. Never throws. */
  async run(): Promise<void> {
    const done = new AbortController();
    try {
      await together(
        this.#stop.signal,
        async (signal) => {
          for await (const event of this.#interpretation.events) await this.#report(event, signal);
          // What an instance that goes away has not told is told by another one: the session does not end here.
          while (!this.#speaking.complete) await this.#acknowledged.wait(signal);
          await this.#farewell(signal);
          done.abort();
        },
        (signal) => this.#keepTime(signal, done.signal),
      );
      this.#close(CloseCode.ended, "The session has ended");
    } catch (error) {
      if (!(error instanceof SessionEnd)) this.fail(error);
    } finally {
      this.#stop.abort(new SessionEnd());
      this.#incoming.queue.fail(new SessionEnd());
      this.#watch.ended(this.#endCode);
    }
  }

  /** Carries the session on its first socket. */
  attach(socket: MessageSocket): void {
    this.#socket = socket;
    this.#detachedAtMs = undefined;
  }

  /**
   * Goes on with the session on another socket; the one it had is closed.
   *
   * @throws {ProtocolError} when the token is not the session's, or too much was lost: 4404.
   */
  resume(socket: MessageSocket, { token, received }: Resume): void {
    if (!this.#tokens.accepts(token) || !this.#link.resume(received)) {
      throw new ProtocolError(
        "Cannot resume: there is no such session here, or too much of it was lost; expected a new start",
        CloseCode.unknownSession,
      );
    }
    const old = this.#socket;
    this.attach(socket);
    old?.close(CloseCode.superseded, "The session was resumed on another socket");
    this.#watch.resumed();
    this.#say({ type: "resumed", token: this.#tokens.rotate(token), received: this.#link.received });
    this.#acknowledge();
    this.#acknowledged.notify();
    this.#flush();
  }

  /** Takes note that a socket is gone; a client that closed it in order does not come back. */
  detach(socket: MessageSocket, code: number): void {
    if (socket !== this.#socket) return;
    if (code === CloseCode.ended) {
      this.#endCode = code;
      this.#stop.abort(new SessionEnd());
    }
    this.#socket = undefined;
    this.#detachedAtMs = this.#clock.now();
    this.#acknowledged.notify();
  }

  /**
   * Takes in a message from the session's socket.
   *
   * @throws {ProtocolError} when it is not what the protocol allows here.
   */
  message(socket: MessageSocket, data: string | ArrayBuffer): void {
    if (socket !== this.#socket) return;
    if (typeof data === "string") {
      this.counts.textIn += 1;
      this.#takeText(parseClientMessage(data), data.length);
    } else {
      this.counts.audioIn += 1;
      this.counts.audioBytesIn += data.byteLength;
      this.#takeBinary(data);
    }
    if (this.#link.owedBytes * 2 > this.#windowLimit()) this.#acknowledge();
  }

  /**
   * Tells the client that this instance goes away, lets the segments that are being spoken end and the client acknowledge them, and closes with 4503 so
   * that it resumes elsewhere: at once when nothing is being spoken or nobody listens, and when the signal aborts.
   *
   * @param deadlineMs when the signal is going to abort, for the client.
   */
  async leave(deadlineMs: number, signal: AbortSignal): Promise<void> {
    if (this.#lanes) this.#say({ type: "goaway", deadlineMs });
    this.#speaking.leave();
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const told = () =>
      this.#speaking.silent && this.#link.isAcknowledged((this.#link.nextSequence - 1) >>> 0);
    try {
      while (this.#socket && !told()) await this.#acknowledged.wait(either);
    } catch {
      // The time is over, or the session.
    }
    this.#acknowledge();
    this.end(CloseCode.moving, "This instance is going away: resume");
  }

  /** Ends the session at once; the client is told why. */
  end(code: number, reason: string): void {
    this.#close(code, reason);
    this.#stop.abort(new SessionEnd());
  }

  /** Ends the session at once because of what its client sent, or of what failed; the client is told. */
  fail(error: unknown): void {
    const { message, closeCode } = failureOf(error);
    if (closeCode === CloseCode.internal) this.#parts.onFault(error);
    if (!(error instanceof ProtocolError)) this.#watch.failed(message.kind);
    this.#say(message);
    this.end(closeCode, message.message);
  }

  #takeBinary(data: ArrayBuffer): void {
    if (data.byteLength > MAX_BINARY_BYTES) {
      throw new ProtocolError(
        `Cannot read a binary message: it has ${data.byteLength} bytes, expected at most ${MAX_BINARY_BYTES}`,
        CloseCode.tooLarge,
      );
    }
    const message = decodeBinary(data);
    if (!this.#link.accept(message.seq, data.byteLength) || message.type === "ignored") return;
    this.#demandOpenInput();
    this.#incoming.take(message);
  }

  #takeText(message: ClientMessage, bytes: number): void {
    switch (message.type) {
      case "start":
      case "resume":
        throw new ProtocolError(
          `Cannot ${message.type}: the session is open, expected ${message.type} once and first`,
        );
      case "ack":
        return this.#takeAck(message);
      case "ping": {
        const now = this.#clock.now();
        return this.#say({ type: "pong", t0: message.t0, t1: now, t2: now });
      }
      default:
        if (this.#link.accept(message.seq, bytes)) this.#obey(message);
    }
  }

  #takeAck({ received, window, played = [] }: ClientAck): void {
    for (const { lane, position } of played) this.#hear(lane, position);
    this.#link.acknowledge(received, window);
    this.#tokens.confirm();
    while (this.#settling.length > 0 && this.#link.isAcknowledged(this.#settling[0]!.seq)) {
      this.#settled = this.#settling.shift()!.position;
    }
    this.#acknowledged.notify();
    this.#flush();
  }

  #hear(lane: number, position: number): void {
    const rate = this.#lanes?.find((one) => one.lane === lane)?.format.rate;
    const sourceMs = durationMs(this.#incoming.position, this.#parts.options.input.rate);
    if (rate !== undefined) this.#playout.hear(lane, position, rate, sourceMs);
  }

  #obey(message: NumberedClientMessage): void {
    switch (message.type) {
      case "flush":
        this.#demandOpenInput();
        if (!this.#incoming.queue.push({ type: "flush", id: message.id })) {
          throw new ProtocolError(
            "Cannot flush: too much audio is waiting, expected no more than the window",
            CloseCode.tooFast,
          );
        }
        return;
      case "cancel":
      case "mute":
        if (!this.#laneNumbers.has(message.lane)) {
          const lanes = this.#lanes?.map(({ lane }) => lane).join(", ") ?? "none before ready";
          throw new ProtocolError(`Cannot ${message.type}: lane ${message.lane}, expected one of ${lanes}`);
        }
        return this.#command(message);
      case "targets":
        return this.#changeTargets(message.targets);
      case "end":
        this.#inputEnded = true;
        return this.#incoming.queue.close();
    }
  }

  #changeTargets(wanted: readonly string[]): void {
    try {
      this.#command({ type: "targets", targets: this.#parts.checkTargets(wanted) });
    } catch (cause) {
      const error = PipelineError.from(cause, "The targets could not be changed");
      this.#report({ type: "failed", error }, this.#stop.signal).catch(() => {});
    }
  }

  #command(command: Control): void {
    // It fails only when the session ends, which is told elsewhere.
    this.#interpretation.control(command, this.#stop.signal).catch(() => {});
  }

  #demandOpenInput(): void {
    if (this.#inputEnded) {
      throw new ProtocolError("Cannot take more: the session's input has ended, expected nothing after end");
    }
  }

  async #report(event: SessionEvent, signal: AbortSignal): Promise<void> {
    if (!this.#speaking.note(event)) return;
    this.#watch.event(event);
    switch (event.type) {
      case "ready":
        this.#setLanes(event.lanes);
        return this.#sayReady();
      case "lanes":
        this.#setLanes(event.lanes);
        break;
      case "settled":
        this.#settling.push({
          seq: (this.#link.nextSequence - 1) >>> 0,
          position: this.#wirePosition(event.position),
        });
        return;
      case "guessed":
        return;
      case "speech": {
        const now = this.#clock.now();
        if (event.first) {
          event.ledger.note("sent", now);
          this.#playout.speak(event.lane, event.audio.position, event.segment.endMs);
        }
        const bytes = encodeSpeech(event, this.#parts.options.input.rate, now);
        if (!this.#link.hasRoom(bytes.length)) await this.#roomFor(bytes.length, signal);
        this.#link.keepBinary(bytes);
        return this.#flush();
      }
      case "caption":
        if (!this.#parts.captions) return;
        break;
      case "segment":
        this.#totals.segments += 1;
        break;
      case "spoken":
        this.#totals.spokenMs += event.audioMs;
        break;
      case "skipped":
        this.#totals.skipped += 1;
        break;
      case "failed":
        if (event.segment !== undefined) this.#totals.skipped += 1;
        break;
    }
    await this.#send(messageOf(event, this.#parts.options), signal);
    this.#acknowledged.notify();
  }

  /** A place on the source's clock as the client counts it. */
  #wirePosition(position: number): number {
    const { decode, options } = this.#parts;
    return decode ? Math.floor(position * options.input.rate / decode.rate) : position;
  }

  #setLanes(lanes: readonly LaneDescription[]): void {
    this.#lanes = lanes;
    for (const { lane } of lanes) this.#laneNumbers.add(lane);
  }

  async #send(message: Unnumbered<NumberedServerMessage>, signal: AbortSignal): Promise<void> {
    if (!this.#link.hasRoom(jsonBytes)) await this.#roomFor(jsonBytes, signal);
    this.#link.keepJson(message);
    this.#flush();
  }

  async #roomFor(bytes: number, signal: AbortSignal): Promise<void> {
    while (!this.#link.hasRoom(bytes)) await this.#acknowledged.wait(signal);
  }

  async #farewell(signal: AbortSignal): Promise<void> {
    await this.#send({ type: "ended", totals: this.#totalsNow() }, signal);
    const last = (this.#link.nextSequence - 1) >>> 0;
    let acknowledged = this.#link.acknowledged;
    let deadlineMs = this.#clock.now() + farewellMs;
    while (!this.#link.isAcknowledged(last)) {
      // A client that is away has the time for a resume, and one that goes on reading has all the time it needs.
      if (!this.#socket || acknowledged !== this.#link.acknowledged) {
        acknowledged = this.#link.acknowledged;
        deadlineMs = this.#clock.now() + farewellMs;
      }
      if (this.#clock.now() >= deadlineMs) return;
      const late = new AbortController();
      const limit = AbortSignal.any([signal, late.signal]);
      const timer = this.#clock.sleep(deadlineMs - this.#clock.now(), limit).then(
        () => this.#acknowledged.notify(),
        () => {},
      );
      try {
        await this.#acknowledged.wait(signal);
      } finally {
        late.abort();
        await timer;
      }
    }
  }

  #totalsNow(): Totals {
    return { ...this.#totals, sourceMs: this.sourceMs };
  }

  async #keepTime(signal: AbortSignal, done: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, done]);
    try {
      while (true) {
        await this.#clock.sleep(ACKNOWLEDGE_EVERY_MS, either);
        const goneMs = this.#detachedAtMs === undefined ? 0 : this.#clock.now() - this.#detachedAtMs;
        if (goneMs > this.#parts.limits.resumeMs) this.#stop.abort(new SessionEnd());
        this.#acknowledge();
        this.#flush();
      }
    } catch (error) {
      if (!done.aborted) throw error;
    }
  }

  #acknowledge(): void {
    if (!this.#lanes) return;
    this.#say({
      type: "ack",
      received: this.#link.acknowledgement(),
      settled: this.#settled >>> 0,
      window: this.#incoming.roomBytes,
    });
  }

  #windowLimit(): number {
    return this.#incoming.windowBytes;
  }

  #sayReady(): void {
    const { options, limits, services } = this.#parts;
    this.#say({
      type: "ready",
      session: this.id,
      token: this.#tokens.current,
      lanes: wireLanes(this.#lanes!, options),
      limits: { messageBytes: MAX_BINARY_BYTES, windowBytes: this.#windowLimit(), resumeMs: limits.resumeMs },
      engines: capabilities(services).engines,
    });
  }

  /** Says something that is worth nothing later: unnumbered, and lost when there is no socket. */
  #say(message: ServerMessage): void {
    if (!this.#socket) return;
    this.counts.textOut += 1;
    this.#socket.send(JSON.stringify(message));
  }

  #flush(): void {
    const socket = this.#socket;
    if (!socket || !this.#lanes) return;
    // To ask the socket how much it holds costs more than to know that there is nothing for it.
    while (this.#link.waitingBytes > 0 && socket.waitingBytes < socketBytes) {
      const message = this.#link.take();
      if (message === undefined) return;
      if (typeof message === "string") {
        this.counts.textOut += 1;
      } else {
        this.counts.audioOut += 1;
        this.counts.audioBytesOut += message.length;
      }
      socket.send(message);
    }
  }

  #close(code: number, reason: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#endCode = code;
    socket?.close(code, reason);
  }
}

/** The reason of a session that was ended on purpose: nobody needs to be told. */
class SessionEnd extends Error {
  constructor() {
    super("The session has ended");
    this.name = "SessionEnd";
  }
}
