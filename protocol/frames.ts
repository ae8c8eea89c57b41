import { CloseCode } from "./close.ts";
import { ProtocolError } from "./error.ts";
import type { EncodedMessage } from "./link.ts";
import { MAX_BINARY_BYTES } from "./limits.ts";

/** The content type of messages of this protocol in an HTTP body, each behind a prefix of four bytes. */
export const FRAMED_CONTENT_TYPE = "application/vnd.parley";

/** The bytes in front of each message: u32 little-endian, the length in bytes; the top bit tells text from binary. */
export const PREFIX_BYTES = 4;

const TEXT_BIT = 0x8000_0000;
const encoder = new TextEncoder();

/** Puts the prefix in front of a message, in one allocation for binary and two for text. */
export function encodeFrame(message: EncodedMessage): Uint8Array<ArrayBuffer> {
  const text = typeof message === "string";
  const payload = text ? encoder.encode(message) : message;
  const bytes = new Uint8Array(PREFIX_BYTES + payload.length);
  new DataView(bytes.buffer).setUint32(0, text ? payload.length + TEXT_BIT : payload.length, true);
  bytes.set(payload, PREFIX_BYTES);
  return bytes;
}

/** Cuts a framed HTTP body, which comes in pieces of any size, into its messages. */
export class FrameDecoder {
  #limitBytes: number;
  #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixBytes = 0;
  #text = false;
  #length = 0;
  // The message that did not come in one piece, and how much of it is there.
  #partial: Uint8Array<ArrayBuffer> | undefined;
  #partialBytes = 0;
  #failure: ProtocolError | undefined;

  /** `limitBytes` bounds one message; a longer one is refused by its prefix, before anything of it is kept. */
  constructor(limitBytes: number = MAX_BINARY_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /**
   * The messages that this piece completes, in order. Binary ones are views of the piece where they came in one.
   *
   * @throws {ProtocolError} when a message is above the limit (1009) or a text is not UTF-8 (4400), and at every call after that.
   */
  push(piece: Uint8Array): (Uint8Array | string)[] {
    if (this.#failure) throw this.#failure;
    const messages: (Uint8Array | string)[] = [];
    let offset = 0;
    while (true) {
      while (this.#prefixBytes < PREFIX_BYTES && offset < piece.length) {
        this.#prefix[this.#prefixBytes++] = piece[offset++]!;
        if (this.#prefixBytes === PREFIX_BYTES) this.#readPrefix();
      }
      if (this.#prefixBytes < PREFIX_BYTES) return messages;
      const end = offset + this.#length - this.#partialBytes;
      if (!this.#partial && end <= piece.length) {
        messages.push(this.#finish(piece.subarray(offset, end)));
      } else {
        this.#partial ??= new Uint8Array(this.#length);
        const part = piece.subarray(offset, end);
        this.#partial.set(part, this.#partialBytes);
        this.#partialBytes += part.length;
        if (this.#partialBytes < this.#length) return messages;
        messages.push(this.#finish(this.#partial));
      }
      offset = end;
    }
  }

  /**
   * Says that the body has ended.
   *
   * @throws {ProtocolError} when it ended within a message.
   */
  end(): void {
    if (this.#failure) throw this.#failure;
    if (this.#prefixBytes === 0) return;
    const present = this.#prefixBytes + this.#partialBytes;
    const wanted = PREFIX_BYTES + (this.#prefixBytes === PREFIX_BYTES ? this.#length : 0);
    this.#fail(`the body ended after ${present} bytes of a frame, expected ${wanted}`, CloseCode.protocol);
  }

  #readPrefix(): void {
    const value = new DataView(this.#prefix.buffer).getUint32(0, true);
    this.#text = value >= TEXT_BIT;
    this.#length = this.#text ? value - TEXT_BIT : value;
    if (this.#length > this.#limitBytes) {
      this.#fail(`it has ${this.#length} bytes, expected at most ${this.#limitBytes}`, CloseCode.tooLarge);
    }
  }

  #finish(payload: Uint8Array): Uint8Array | string {
    this.#prefixBytes = 0;
    this.#partial = undefined;
    this.#partialBytes = 0;
    if (!this.#text) return payload;
    try {
      return this.#decoder.decode(payload);
    } catch {
      return this.#fail("its text is not UTF-8, expected UTF-8", CloseCode.protocol);
    }
  }

  #fail(problem: string, closeCode: number): never {
    this.#failure = new ProtocolError(`Cannot read a frame: ${problem}`, closeCode);
    throw this.#failure;
  }
}
