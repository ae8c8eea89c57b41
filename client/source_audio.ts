import { encodeOpus, encodePcm, Flag, HEADER_BYTES } from "../protocol/codec.ts";
import type { NumberedClientMessage } from "../protocol/client_message.ts";
import type { Link } from "../protocol/link.ts";
import { opusBundleBytes } from "../protocol/opus_bundle.ts";

/** Room in the ring that audio leaves to control messages, in bytes. */
const controlBytes = 4_096;

/** Cuts source audio into messages and puts them into a link: samples may come in pieces of any size. */
export class SourceAudio {
  #link: Link<NumberedClientMessage>;
  readonly #pending: Int16Array;
  #pendingSamples = 0;
  #position: number;
  #jump = false;

  /**
   * @param messageSamples how many samples a message carries, at least 1.
   * @param position where the source's clock begins.
   */
  constructor(link: Link<NumberedClientMessage>, messageSamples: number, position: number) {
    this.#link = link;
    this.#pending = new Int16Array(messageSamples);
    this.#position = position;
  }

  /** Goes on with another link, which has what the one before had to keep. */
  move(link: Link<NumberedClientMessage>): void {
    this.#link = link;
  }

  /** One past the last sample that was put into the link. */
  get kept(): number {
    return this.#position;
  }

  /** One past the last sample that was put in. */
  get position(): number {
    return this.#position + this.#pendingSamples;
  }

  /** How many samples a whole message carries. */
  get messageSamples(): number {
    return this.#pending.length;
  }

  /** The bytes of a whole message. */
  get messageBytes(): number {
    return HEADER_BYTES + 2 * this.#pending.length;
  }

  /** Puts samples in, all or none; returns false when the ring has no room for them. */
  push(samples: Int16Array): boolean {
    const messageSamples = this.#pending.length;
    const messages = Math.ceil((this.#pendingSamples + samples.length) / messageSamples);
    if (!this.#hasRoom(messages * this.messageBytes)) return false;
    let at = 0;
    if (this.#pendingSamples > 0) {
      at = Math.min(messageSamples - this.#pendingSamples, samples.length);
      this.#pending.set(samples.subarray(0, at), this.#pendingSamples);
      this.#pendingSamples += at;
      if (this.#pendingSamples === messageSamples) this.flush();
    }
    for (; samples.length - at >= messageSamples; at += messageSamples) {
      this.#keep(samples.subarray(at, at + messageSamples));
    }
    if (at < samples.length) {
      this.#pending.set(samples.subarray(at));
      this.#pendingSamples = samples.length - at;
    }
    return true;
  }

  /** Puts a bundle of Opus packets in, which last so many samples at 48 kHz; returns false when the ring has no room for it. */
  pushOpus(packets: readonly Uint8Array[], samples: number): boolean {
    if (!this.#hasRoom(HEADER_BYTES + opusBundleBytes(packets))) return false;
    const end = this.#position + samples;
    this.#link.keepBinary(encodeOpus(this.#header(), packets), end);
    this.#position = end;
    this.#jump = false;
    return true;
  }

  /** Leaves out so many samples: the next message says that it jumps. */
  skip(samples: number): void {
    this.flush();
    this.#position += samples;
    this.#jump = true;
  }

  /** Puts what does not fill a message yet into one of its own. */
  flush(): void {
    if (this.#pendingSamples === 0) return;
    const samples = this.#pending.subarray(0, this.#pendingSamples);
    this.#pendingSamples = 0;
    this.#keep(samples);
  }

  #keep(samples: Int16Array): void {
    const end = this.#position + samples.length;
    this.#link.keepBinary(encodePcm(this.#header(), samples), end);
    this.#position = end;
    this.#jump = false;
  }

  #header() {
    return { lane: 0, seq: 0, position: this.#position, flags: this.#jump ? Flag.jump : 0 };
  }

  #hasRoom(bytes: number): boolean {
    return this.#link.hasRoom(bytes + this.messageBytes + controlBytes);
  }
}
