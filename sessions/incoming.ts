import { Queue } from "../flow/queue.ts";
import { durationMs, type Format } from "../pipeline/audio.ts";
import type { Input } from "../pipeline/ports.ts";
import { CloseCode } from "../protocol/close.ts";
import { Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { ProtocolError } from "../protocol/error.ts";
import { MAX_BINARY_BYTES } from "../protocol/limits.ts";
import { opusPacketSamples } from "../protocol/opus_bundle.ts";
import { distance } from "../protocol/sequence.ts";

/** How many bytes of Opus may wait for the recognizer: as much as may be on its way before the first window is said, and as much again. */
const opusLimitBytes = 2 * MAX_BINARY_BYTES;

/** Checks the source audio of a session and puts it on its clock, in the order in which it comes. */
export class Incoming {
  /** What waits for the recognizer: PCM is weighed in samples, Opus in bytes. */
  readonly queue: Queue<Input>;
  readonly #format: Format;
  #position: number;
  #opusBytes = 0;
  #opusSamples = 0;

  /**
   * @param limitMs how much PCM may wait, in ms of speech.
   * @param position where the source's clock begins, in samples.
   */
  constructor(format: Format, limitMs: number, position: number) {
    this.#format = format;
    this.#position = position;
    this.queue = new Queue<Input>({
      limit: format.codec === "opus" ? opusLimitBytes : Math.round(limitMs * format.rate / 1000),
      weigh: weightOf,
    });
  }

  /** One past the last sample that came in. */
  get position(): number {
    return this.#position;
  }

  /** How many bytes of audio there is ever room for. */
  get windowBytes(): number {
    return this.#bytes(this.queue.limit);
  }

  /** How many bytes of audio there is room for; 0 rather than less than a whole message. */
  get roomBytes(): number {
    const bytes = this.#bytes(this.queue.limit - this.queue.weight);
    return bytes < MAX_BINARY_BYTES ? 0 : bytes;
  }

  /** How much speech waits, in ms; of Opus as much as its bytes were on average. */
  get waitingMs(): number {
    const { weight } = this.queue;
    const samples = this.#format.codec !== "opus"
      ? weight
      : this.#opusBytes === 0
      ? 0
      : weight * this.#opusSamples / this.#opusBytes;
    return durationMs(samples, this.#format.rate);
  }

  /** @throws {ProtocolError} when it is not the audio that was announced, does not follow on, or comes faster than the window allows. */
  take(message: PcmMessage | OpusMessage): void {
    if (message.lane !== 0) {
      throw new ProtocolError(`Cannot take the audio: its lane is ${message.lane}, expected 0, the source`);
    }
    if ((message.type === "opus") !== (this.#format.codec === "opus")) {
      throw new ProtocolError(
        `Cannot take the audio: it is ${message.type}, expected ${this.#format.codec} as in start`,
      );
    }
    const skipped = distance(this.#position >>> 0, message.position);
    if (skipped !== 0 && ((message.flags & Flag.jump) === 0 || skipped < 0)) {
      throw new ProtocolError(
        `Cannot take the audio: its position is ${message.position}, expected ${this.#position >>> 0}`,
      );
    }
    const position = this.#position + skipped;
    const samples = message.type === "pcm" ? message.samples.length : this.#measure(message.packets);
    if (samples === 0) return;
    const input: Input = message.type === "pcm"
      ? { type: "frame", rate: this.#format.rate, position, samples: message.samples }
      : { type: "packets", codec: "opus", rate: 48_000, position, packets: message.packets };
    if (!this.queue.push(input)) {
      const unit = message.type === "pcm" ? "samples" : "bytes";
      throw new ProtocolError(
        `Cannot take the audio: ${this.queue.limit} ${unit} are waiting, expected no more than the window`,
        CloseCode.tooFast,
      );
    }
    this.#position = position + samples;
  }

  #measure(packets: readonly Uint8Array[]): number {
    const samples = packets.reduce((sum, packet) => sum + opusPacketSamples(packet), 0);
    this.#opusSamples += samples;
    this.#opusBytes += bytesOf(packets);
    return samples;
  }

  #bytes(weight: number): number {
    return this.#format.codec === "opus" ? weight : 2 * weight;
  }
}

function weightOf(item: Input): number {
  switch (item.type) {
    case "frame":
      return item.samples.length;
    case "packets":
      return bytesOf(item.packets);
    case "flush":
      return 1;
  }
}

function bytesOf(packets: readonly Uint8Array[]): number {
  return packets.reduce((sum, packet) => sum + packet.length, 0);
}
