import { stampAgain, stampSequence } from "./codec.ts";
import { ProtocolError } from "./error.ts";
import { utf8Bytes } from "./json.ts";
import { INITIAL_WINDOW_BYTES } from "./limits.ts";
import { advance, distance, isAfter } from "./sequence.ts";

/** An encoded message: binary as bytes, JSON as text. */
export type EncodedMessage = Uint8Array<ArrayBuffer> | string;

/** A numbered JSON message before it has its number. */
export type Unnumbered<T> = T extends { readonly seq: number } ? Omit<T, "seq"> : never;

/** A message that is kept: source audio with one past its last sample, or JSON with its number. */
export type Unsettled =
  | { readonly message: Uint8Array<ArrayBuffer>; readonly end: number }
  | { readonly message: string };

/** Options of a {@linkcode Link}. */
export interface LinkOptions {
  /** How many bytes of messages are kept for a resume. */
  readonly limitBytes: number;
  /** How many bytes may be in flight until the peer says its window; {@linkcode INITIAL_WINDOW_BYTES} by default. */
  readonly windowBytes?: number;
  /** The numbers of the last messages of each direction, 0 by default: the first message is number 1. */
  readonly sent?: number;
  readonly received?: number;
  /** The first source position, where it is not 0. */
  readonly settled?: number;
}

const NO_END = -1;

/**
 * One end of a `parley.v1` session, the same for both: it numbers what goes out and keeps it until it is not needed any more, and checks
 * the order of what comes in. It outlives the sockets of its session; it has no timers and does no I/O.
 *
 * Going out, a message is kept, then taken when the peer's window allows, then acknowledged. Unacknowledged messages are never lost: when
 * they fill the ring, `hasRoom` is false and sending has to stop. Source audio that is acknowledged but not settled stays as long as there
 * is room.
 */
export class Link<Outgoing extends { readonly type: string; readonly seq: number }> {
  readonly limitBytes: number;

  // Kept messages have consecutive numbers from #first to #next - 1, so a number's low bits are its slot; #cursor is the next one to be
  // taken, #fresh the first that no socket has carried yet.
  #messages: (EncodedMessage | undefined)[] = new Array(16).fill(undefined);
  #sizes: number[] = new Array(16).fill(0);
  #ends: number[] = new Array(16).fill(NO_END);
  #first: number;
  #acknowledged: number;
  #cursor: number;
  #fresh: number;
  #next: number;
  #keptBytes = 0;
  #waitingBytes = 0;
  #inFlightBytes = 0;
  #windowBytes: number;
  #settled: number;

  #received: number;
  #expected: number | undefined;
  #owedBytes = 0;

  /** @throws {RangeError} when the limit is below 1. */
  constructor(options: LinkOptions) {
    if (!(options.limitBytes >= 1)) {
      throw new RangeError(`Cannot create a link: limitBytes is ${options.limitBytes}, expected at least 1`);
    }
    this.limitBytes = options.limitBytes;
    this.#windowBytes = options.windowBytes ?? INITIAL_WINDOW_BYTES;
    this.#acknowledged = options.sent ?? 0;
    this.#received = options.received ?? 0;
    this.#settled = options.settled ?? 0;
    this.#first =
      this.#cursor =
      this.#fresh =
      this.#next =
        advance(this.#acknowledged, 1);
    this.#expected = advance(this.#received, 1);
  }

  /** The number that the next kept message gets. */
  get nextSequence(): number {
    return this.#next;
  }

  /** The number of the last message that the peer acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The source position before which the peer needs nothing again. */
  get settled(): number {
    return this.#settled;
  }

  /** How many bytes may be in flight, as the peer said last. */
  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** The bytes that were taken and are not acknowledged. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** The bytes that were kept and not yet taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** All bytes that are kept, at most `limitBytes`. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** The number of the last message that came in. */
  get received(): number {
    return this.#received;
  }

  /** The bytes that came in since `acknowledgement` was called. */
  get owedBytes(): number {
    return this.#owedBytes;
  }

  /** Whether the peer acknowledged the message of this number. */
  isAcknowledged(seq: number): boolean {
    return !isAfter(seq, this.#acknowledged);
  }

  /** Whether a message of so many bytes can be kept. */
  hasRoom(bytes: number): boolean {
    return this.#waitingBytes + this.#inFlightBytes + bytes <= this.limitBytes;
  }

  /** Whether a message of so many bytes would go out at once: nothing waits before it, and the window and the ring have room. */
  canSend(bytes: number): boolean {
    return this.#waitingBytes === 0 && this.#fitsWindow(bytes) && this.hasRoom(bytes);
  }

  /**
   * Numbers an encoded binary message and keeps it. The bytes belong to the link from here on.
   *
   * @param end one past the message's last source sample: keeps it until that position is settled, too, as long as there is room.
   * @returns its number.
   * @throws {RangeError} when there is no room.
   */
  keepBinary(message: Uint8Array<ArrayBuffer>, end?: number): number {
    this.#demandRoom(message.length);
    stampSequence(message, this.#next);
    return this.#keep(message, message.length, end === undefined ? NO_END : end >>> 0);
  }

  /**
   * Numbers a JSON message and keeps it.
   *
   * @returns its number.
   * @throws {RangeError} when there is no room.
   */
  keepJson(message: Unnumbered<Outgoing>): number {
    const text = JSON.stringify({ ...message, seq: this.#next });
    const bytes = utf8Bytes(text);
    this.#demandRoom(bytes);
    return this.#keep(text, bytes, NO_END);
  }

  /**
   * The next message that may go out, in order; `undefined` when none waits or the window is full. A message larger than the window goes
   * out alone. What a socket that was cut has carried before is marked as sent again.
   */
  take(): EncodedMessage | undefined {
    if (this.#cursor === this.#next) return undefined;
    const slot = this.#slot(this.#cursor);
    const size = this.#sizes[slot]!;
    if (!this.#fitsWindow(size)) return undefined;
    const message = this.#messages[slot]!;
    if (this.#cursor === this.#fresh) this.#fresh = advance(this.#fresh, 1);
    else if (typeof message !== "string") stampAgain(message);
    this.#cursor = advance(this.#cursor, 1);
    this.#waitingBytes -= size;
    this.#inFlightBytes += size;
    return message;
  }

  /**
   * Takes in the peer's acknowledgement.
   *
   * @throws {ProtocolError} when it goes back, or names a message that was not sent.
   */
  acknowledge(received: number, windowBytes: number): void {
    const steps = distance(this.#acknowledged, received);
    if (steps < 0 || distance(received, this.#cursor) < 1) {
      throw new ProtocolError(
        `Cannot take the acknowledgement: received is ${received}, expected ${this.#acknowledged} to ${
          advance(this.#cursor, -1)
        }`,
      );
    }
    this.#windowBytes = windowBytes;
    if (steps === 0) return;
    while (this.#acknowledged !== received) {
      this.#acknowledged = advance(this.#acknowledged, 1);
      this.#inFlightBytes -= this.#sizes[this.#slot(this.#acknowledged)]!;
    }
    this.#release();
  }

  /** Takes in that the peer needs no source audio before this position again. A position that goes back changes nothing. */
  settle(position: number): void {
    if (!isAfter(position, this.#settled)) return;
    this.#settled = position;
    this.#release();
  }

  /**
   * Checks the number of a message that came in.
   *
   * @returns whether it is new; one that was received before, repeated after a resume, is to be dropped.
   * @throws {ProtocolError} when messages are missing before it, or the numbers go back.
   */
  accept(seq: number, bytes: number): boolean {
    const step = distance(this.#received, seq);
    if (this.#expected === undefined ? step > 1 : seq !== this.#expected) {
      throw new ProtocolError(
        `Cannot accept the message: its number is ${seq}, expected ${
          this.#expected ?? `at most ${advance(this.#received, 1)}`
        }`,
      );
    }
    this.#expected = advance(seq, 1);
    if (step < 1) return false;
    this.#received = seq;
    this.#owedBytes += bytes;
    return true;
  }

  /** The number to acknowledge; `owedBytes` starts again from 0. */
  acknowledgement(): number {
    this.#owedBytes = 0;
    return this.#received;
  }

  /**
   * Goes on with a new socket: what the peer has not received waits again, to be taken in order.
   *
   * @returns false, and changes nothing, when messages after `received` are not kept any more: the session cannot go on (4404).
   * @throws {ProtocolError} when the peer claims a message that was not sent.
   */
  resume(received: number): boolean {
    if (distance(received, this.#fresh) < 1) {
      throw new ProtocolError(
        `Cannot resume: received is ${received}, expected at most ${advance(this.#fresh, -1)}`,
      );
    }
    if (isAfter(this.#acknowledged, received)) return false;
    this.#waitingBytes += this.#inFlightBytes;
    this.#inFlightBytes = 0;
    while (this.#acknowledged !== received) {
      this.#acknowledged = advance(this.#acknowledged, 1);
      const size = this.#sizes[this.#slot(this.#acknowledged)]!;
      this.#waitingBytes -= size;
      // The window was said before the peer had this, and nobody knows whether it has read it since.
      this.#windowBytes = Math.max(0, this.#windowBytes - size);
    }
    this.#cursor = advance(received, 1);
    this.#expected = undefined;
    this.#release();
    return true;
  }

  /** What another instance has to be told: source audio that is not settled, and the JSON among it and after it, oldest first. */
  unsettled(): Unsettled[] {
    const messages: Unsettled[] = [];
    for (let seq = this.#first; seq !== this.#next; seq = advance(seq, 1)) {
      const slot = this.#slot(seq);
      const end = this.#ends[slot]!;
      const message = this.#messages[slot]!;
      if (typeof message === "string") messages.push({ message });
      else if (end !== NO_END && isAfter(end, this.#settled)) messages.push({ message, end });
    }
    return messages;
  }

  #slot(seq: number): number {
    return seq & (this.#messages.length - 1);
  }

  #fitsWindow(bytes: number): boolean {
    if (this.#inFlightBytes === 0) return this.#windowBytes > 0;
    return this.#inFlightBytes + bytes <= this.#windowBytes;
  }

  #demandRoom(bytes: number): void {
    if (this.hasRoom(bytes)) return;
    throw new RangeError(
      `Cannot keep the message: it has ${bytes} bytes, expected at most the ring's free ${
        this.limitBytes - this.#waitingBytes - this.#inFlightBytes
      } of ${this.limitBytes}`,
    );
  }

  #keep(message: EncodedMessage, size: number, end: number): number {
    while (this.#keptBytes + size > this.limitBytes) this.#dropFirst();
    const seq = this.#next;
    if (distance(this.#first, seq) === this.#messages.length) this.#grow();
    const slot = this.#slot(seq);
    this.#messages[slot] = message;
    this.#sizes[slot] = size;
    this.#ends[slot] = end;
    this.#next = advance(seq, 1);
    this.#keptBytes += size;
    this.#waitingBytes += size;
    return seq;
  }

  #release(): void {
    while (!isAfter(this.#first, this.#acknowledged)) {
      const end = this.#ends[this.#slot(this.#first)]!;
      if (end !== NO_END && isAfter(end, this.#settled)) return;
      this.#dropFirst();
    }
  }

  #dropFirst(): void {
    const slot = this.#slot(this.#first);
    this.#messages[slot] = undefined;
    this.#keptBytes -= this.#sizes[slot]!;
    this.#first = advance(this.#first, 1);
  }

  #grow(): void {
    const length = 2 * this.#messages.length;
    const messages = new Array<EncodedMessage | undefined>(length).fill(undefined);
    const sizes = new Array<number>(length).fill(0);
    const ends = new Array<number>(length).fill(NO_END);
    for (let seq = this.#first; seq !== this.#next; seq = advance(seq, 1)) {
      const from = this.#slot(seq);
      const to = seq & (length - 1);
      messages[to] = this.#messages[from];
      sizes[to] = this.#sizes[from]!;
      ends[to] = this.#ends[from]!;
    }
    this.#messages = messages;
    this.#sizes = sizes;
    this.#ends = ends;
  }
}
