import { MediaError } from "../media/error.ts";
import { durationMs, type Format } from "../pipeline/audio.ts";
import { PipelineError } from "../pipeline/error.ts";
import type { SessionOptions } from "../pipeline/interpret.ts";
import type { Input } from "../pipeline/ports.ts";
import { noMessages, type SessionView, type Transport } from "../sessions/observer.ts";
import { unguessable } from "../sessions/token.ts";

/** An interpretation that lives and dies with one request, as those see it who watch sessions. */
export class Guest implements SessionView {
  readonly id = unguessable();
  readonly counts = noMessages();
  readonly inputWaitingMs = 0;
  readonly outputWaitingBytes = 0;
  readonly transport: Transport;
  readonly #options: SessionOptions;
  #samples = 0;

  constructor(transport: Transport, options: SessionOptions) {
    this.transport = transport;
    this.#options = options;
  }

  /** What its audio is like. */
  get input(): Format {
    return this.#options.input;
  }

  get source(): string {
    return this.#options.source;
  }

  get targets(): readonly string[] {
    return this.#options.targets;
  }

  get sourceMs(): number {
    return durationMs(this.#samples, this.#options.input.rate);
  }

  /** Puts speech on the source's clock. */
  async *frames(speech: AsyncIterable<Int16Array>): AsyncGenerator<Input, void> {
    const { rate } = this.#options.input;
    for await (const samples of speech) {
      const position = this.#samples;
      this.#samples += samples.length;
      yield { type: "frame", rate, position, samples };
    }
  }
}

/** Whether an error that ends an interpretation is about what the client sent. */
export function isClientsFault(error: unknown): boolean {
  if (error instanceof MediaError) return true;
  if (!(error instanceof PipelineError)) return false;
  return error.kind === "invalid_request" || error.kind === "unsupported_language" ||
    error.cause instanceof MediaError;
}
