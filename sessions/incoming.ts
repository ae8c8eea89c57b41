import type { Queue } from "../flow/queue.ts";
import type { Format } from "../pipeline/audio.ts";
import type { Input } from "../pipeline/ports.ts";
import { CloseCode } from "../protocol/close.ts";
import { Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { ProtocolError } from "../protocol/error.ts";
import { MAX_BINARY_BYTES } from "../protocol/limits.ts";
import { distance } from "../protocol/sequence.ts";

/** Checks the source audio of a session and puts it on its clock, in the order in which it comes. */
export class Incoming {
  readonly #format: Format;
  readonly #queue: Queue<Input>;
  #position: number;

  /** @param position where the source's clock begins, in samples. */
  constructor(format: Format, queue: Queue<Input>, position: number) {
    this.#format = format;
    this.#queue = queue;
    this.#position = position;
  }

  /** One past the last sample that came in. */
  get position(): number {
    return this.#position;
  }

  /** How many bytes of audio there is room for; 0 rather than less than a whole message. */
  get roomBytes(): number {
    const bytes = 2 * (this.#queue.limit - this.#queue.weight);
    return bytes < MAX_BINARY_BYTES ? 0 : bytes;
  }

  /** @throws {ProtocolError} when it is not the audio that was announced, does not follow on, or comes faster than the window allows. */
  take(message: PcmMessage | OpusMessage): void {
    if (message.lane !== 0) {
      throw new ProtocolError(`Cannot take the audio: its lane is ${message.lane}, expected 0, the source`);
    }
    if (message.type !== "pcm") {
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
    const { samples } = message;
    if (samples.length === 0) return;
    if (!this.#queue.push({ type: "frame", rate: this.#format.rate, position, samples })) {
      throw new ProtocolError(
        `Cannot take the audio: ${this.#queue.limit} samples are waiting, expected no more than the window`,
        CloseCode.tooFast,
      );
    }
    this.#position = position + samples.length;
  }
}
