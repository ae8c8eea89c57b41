import type { Clock } from "../flow/clock.ts";
import { Queue } from "../flow/queue.ts";
import { PipelineError } from "../pipeline/error.ts";
import type { SessionEvent } from "../pipeline/session_event.ts";
import type { SegmentTiming } from "../pipeline/timing.ts";
import type { AnswerWriter } from "./answer_writer.ts";

/** How much of an answer waits for its reader, in bytes: three minutes of speech, for clients that read only when they have sent all. */
const answerBytes = 8_388_608;
/** A reader that takes nothing of a full answer for so long is given up, in ms. */
const stalledMs = 30_000;

/** What an {@linkcode AnswerBody} is made of. */
export interface AnswerBodyParts {
  readonly events: AsyncIterable<SessionEvent>;
  readonly writer: AnswerWriter;
  readonly clock: Clock;
  /** Ends the interpretation when the listener leaves. */
  readonly stop: AbortController;
  /** Is called once, when nothing more happens. */
  readonly onEnd: () => void;
}

/**
 * The streamed body of an answer. It ends cleanly only when everything was interpreted: after a failure it is broken off, at the end of what could
 * be interpreted.
 */
export class AnswerBody {
  readonly #parts: AnswerBodyParts;
  readonly #output = new Queue<Uint8Array<ArrayBuffer>>({
    limit: answerBytes,
    weigh: (bytes) => bytes.length,
  });
  readonly #first = Promise.withResolvers<SegmentTiming | undefined>();
  #failure: PipelineError | undefined;
  #broken: { readonly error: unknown } | undefined;

  constructor(parts: AnswerBodyParts) {
    this.#parts = parts;
    this.#first.promise.catch(() => {});
    this.#pump().then(
      () => {
        this.#first.resolve(undefined);
        this.#output.close();
      },
      (error) => {
        this.#first.reject(error);
        this.#broken = { error };
        this.#output.close();
      },
    ).finally(parts.onEnd);
  }

  /**
   * The times of the first translated audio, as soon as there is some; `undefined` after `withinMs`, or when all was silence.
   *
   * @throws what ended the interpretation before there was any audio.
   */
  async firstAudio(withinMs: number): Promise<SegmentTiming | undefined> {
    const enough = new AbortController();
    const late = this.#parts.clock.sleep(withinMs, enough.signal).catch(() => {});
    try {
      return await Promise.race([this.#first.promise, late.then(() => undefined)]);
    } finally {
      enough.abort();
    }
  }

  /** The bytes, to be read once. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { stop } = this.#parts;
    return new ReadableStream({
      pull: async (controller) => {
        const bytes = await this.#output.receive(stop.signal);
        if (bytes) controller.enqueue(bytes);
        else if (this.#broken) controller.error(this.#broken.error);
        else controller.close();
      },
      cancel: () => stop.abort(new DOMException("The listener left", "AbortError")),
    }, { highWaterMark: 0 });
  }

  async #pump(): Promise<void> {
    const { events, writer } = this.#parts;
    for await (const event of events) {
      if (event.type === "failed") this.#failure = event.error;
      if (event.type === "speech" && event.first) {
        event.ledger.note("sent", this.#parts.clock.now());
      }
      const bytes = writer.write(event);
      if (bytes) await this.#put(bytes);
      if (event.type === "speech" && event.first) this.#first.resolve(event.ledger.timing());
    }
    const end = writer.end();
    if (end) await this.#put(end);
    if (this.#failure && !writer.tellsFailures) throw this.#failure;
  }

  async #put(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#output.push(bytes)) return;
    const enough = new AbortController();
    this.#parts.clock.sleep(stalledMs, enough.signal).then(
      () =>
        this.#parts.stop.abort(new PipelineError("timeout", `The listener took nothing for ${stalledMs} ms`)),
      () => {},
    );
    try {
      await this.#output.send(bytes, this.#parts.stop.signal);
    } finally {
      enough.abort();
    }
  }
}
