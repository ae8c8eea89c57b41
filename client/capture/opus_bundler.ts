import { MAX_OPUS_PACKET_BYTES } from "../../protocol/limits.ts";

/** Packets that go out in one message, and how long they last in samples at 48 kHz. */
export interface OpusBundle {
  readonly packets: readonly Uint8Array[];
  readonly samples: number;
}

/** Puts Opus packets together until they fill a message. */
export class OpusBundler {
  readonly #bundleSamples: number;
  #packets: Uint8Array[] = [];
  #samples = 0;

  /** @param bundleMs how long a message lasts; with 20 ms packets 60 ms are three of them. */
  constructor(bundleMs = 60) {
    this.#bundleSamples = bundleMs * 48;
  }

  /**
   * Takes the next packet; gives the bundle that it completes, if it does.
   *
   * @param samples how long it lasts, at 48 kHz.
   * @throws {RangeError} when the packet is empty or above 1,275 bytes.
   */
  push(packet: Uint8Array, samples: number): OpusBundle | undefined {
    if (packet.length < 1 || packet.length > MAX_OPUS_PACKET_BYTES) {
      throw new RangeError(
        `Cannot bundle Opus: a packet has ${packet.length} bytes, expected 1 to ${MAX_OPUS_PACKET_BYTES}`,
      );
    }
    this.#packets.push(packet);
    this.#samples += samples;
    return this.#samples < this.#bundleSamples ? undefined : this.take();
  }

  /** What there is, even if it does not fill a message. */
  take(): OpusBundle | undefined {
    if (this.#samples === 0) return undefined;
    const bundle = { packets: this.#packets, samples: this.#samples };
    this.#packets = [];
    this.#samples = 0;
    return bundle;
  }
}
