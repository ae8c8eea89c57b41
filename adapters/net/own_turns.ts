import { LinkedAbort } from "../../flow/linked_abort.ts";
import { abortable } from "../../flow/abortable.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import { SpeechCutter, type SpeechCutterOptions, type SpeechDetector } from "./speech_cutter.ts";
import { VoiceActivity, voiceRates } from "./voice_activity.ts";

/** When utterances end. */
export type OwnTurnsOptions = Omit<SpeechCutterOptions, "rate">;

/**
 * A recognizer around one that does not know where utterances end: a flush tells it, wherever speech pauses. Takes the formats in which speech can be
 * detected.
 */
export function withOwnTurns(
  inner: Owned<SpeechRecognizer>,
  options: OwnTurnsOptions,
): Owned<SpeechRecognizer> {
  return {
    name: inner.name,
    get traits() {
      const { formats, ...rest } = inner.traits;
      return { ...rest, formats: formats.filter(({ rate }) => voiceRates.includes(rate)) };
    },
    ...inner.connections && { connections: () => inner.connections!() },
    async open(wanted) {
      const hearing = await inner.open(wanted);
      const { rate } = wanted.format;
      const detector = await VoiceActivity.create(rate).catch(async (error) => {
        await hearing[Symbol.asyncDispose]();
        throw error;
      });
      return {
        async *hear(input, outer) {
          using either = new LinkedAbort(outer);
          const turns = new Turns(detector, { ...options, rate });
          for await (const event of hearing.hear(turns.mark(input, either.signal), either.signal)) {
            const told = turns.unmark(event);
            if (told) yield told;
          }
        },
        async [Symbol.asyncDispose]() {
          await hearing[Symbol.asyncDispose]();
          detector[Symbol.dispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** Puts flushes of its own among those of others, and takes their answers out again. */
class Turns {
  readonly #cutter: SpeechCutter;
  /** Which flush of others each of the last ones is; `undefined` for our own. */
  readonly #asked = new Map<number, number | undefined>();
  #count = 0;

  constructor(detector: SpeechDetector, options: SpeechCutterOptions) {
    this.#cutter = new SpeechCutter(detector, options);
  }

  /** The input with a flush behind each utterance. */
  async *mark(input: AsyncIterable<Input>, signal: AbortSignal): AsyncGenerator<Input> {
    for await (const item of abortable(input, signal)) {
      if (item.type === "flush") {
        this.#cutter.finish();
        yield this.#flush(item.id);
        continue;
      }
      yield item;
      if (item.type !== "frame") continue;
      const hasEnded = this.#cutter.hear(item).some(({ type }) => type === "ended");
      if (hasEnded) yield this.#flush(undefined);
    }
  }

  /** The event as whoever listens is to have it; `undefined` for what is none of their business. */
  unmark(event: HearingEvent): HearingEvent | undefined {
    if (event.type !== "flushed") return event;
    const id = this.#asked.get(event.id);
    this.#asked.delete(event.id);
    return id === undefined ? undefined : { ...event, id };
  }

  #flush(asked: number | undefined): Input {
    this.#count += 1;
    this.#asked.set(this.#count, asked);
    return { type: "flush", id: this.#count };
  }
}
