import { Queue } from "../flow/queue.ts";
import { type Audio, durationMs, samplesOf } from "./audio.ts";
import { PipelineError } from "./error.ts";
import type {
  OwnTarget,
  SpeechEvent,
  Translation,
  TranslationEvent,
  TranslationRequest,
  Voice,
} from "./ports.ts";
import type { Share } from "./stages/share.ts";

/** How much of one segment waits for its turn: pieces of text, and ms of audio, more than a burst of speech has. */
const textLimit = 64;
const audioLimitMs = 30_000;

/** Opens a translator's session. */
export type OpenTranslator = (signal: AbortSignal) => Promise<Translation>;

interface Work {
  readonly text: Queue<TranslationEvent>;
  readonly audio: Queue<Audio>;
  /** Whether the recognizer gave nothing where it should have. */
  missing: boolean;
}

/**
 * What a recognizer does itself for one lane, in the place of the lane's translator and, where it speaks, of its voice: gives for each segment
 * what was shared out to it. A translation that is missing is asked of the translator.
 */
export class OwnWork {
  /** Stands in for the translator. */
  readonly translation: Translation;
  /** Stands in for the voice, where the recognizer speaks. */
  readonly voice: Voice | undefined;
  readonly #works = new Map<number, Work>();

  readonly #openTranslator: OpenTranslator | undefined;
  #translator: Translation | undefined;

  /** @param openTranslator opens the translator; where it is absent, what is missing fails. */
  constructor({ speech }: OwnTarget, openTranslator?: OpenTranslator) {
    const works = this.#works;
    this.#openTranslator = openTranslator;
    this.translation = {
      translate: (request, signal) => {
        const work = works.get(request.segment);
        return work ? this.#translate(work, request, signal) : nothing<TranslationEvent>();
      },
      [Symbol.asyncDispose]: async () => await this.#translator?.[Symbol.asyncDispose](),
    };
    this.voice = speech && {
      format: speech,
      speak: (_text, { segment }, signal) => {
        const audio = works.get(segment)?.audio;
        return audio ? fromZero(audio.items(signal)) : nothing<SpeechEvent>();
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** A segment begins: from now on it can be given shares. */
  begin(segment: number): void {
    this.#works.set(segment, {
      text: new Queue({ limit: textLimit }),
      audio: new Queue({ limit: audioLimitMs, weigh: lengthMs }),
      missing: false,
    });
  }

  /** Gives a segment a share, waiting while it has too much; a segment that has left gets nothing any more. */
  async give(share: Share, signal: AbortSignal): Promise<void> {
    const { segment, append, tentative, audio, over, missing = false } = share;
    const work = this.#works.get(segment);
    if (!work) return;
    try {
      if (audio) await work.audio.send(audio, signal);
      else if (!over) await work.text.send({ type: "append", text: append, tentative }, signal);
    } catch (error) {
      // A segment that has left while this waited for room does not get it any more.
      if (signal.aborted || this.#works.has(segment)) throw error;
    }
    if (!over) return;
    work.missing = missing;
    work.text.close();
    work.audio.close();
  }

  /** A segment's work is not wanted any more, or all taken. */
  leave(segment: number): void {
    const work = this.#works.get(segment);
    this.#works.delete(segment);
    work?.text.close();
    work?.audio.close();
  }

  async *#translate(
    work: Work,
    request: TranslationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TranslationEvent, void> {
    yield* fromFirstWord(work.text.items(signal));
    if (!work.missing) return;
    const { segment } = request;
    if (!this.#openTranslator) {
      const message =
        `Cannot translate segment ${segment}: the recognizer's own translation did not come in time`;
      throw new PipelineError("timeout", message);
    }
    this.#translator ??= await this.#openTranslator(signal);
    yield* this.#translator.translate(request, signal);
  }
}

async function* nothing<Event>(): AsyncGenerator<Event, void> {}

/** Text without the space that parts it from that of the segment before. */
async function* fromFirstWord(text: AsyncIterable<TranslationEvent>): AsyncGenerator<TranslationEvent, void> {
  let begun = false;
  for await (const event of text) {
    if (begun || event.type !== "append") {
      yield event;
      continue;
    }
    const { text, tentative = "" } = event;
    begun = text.trim() !== "";
    yield { ...event, text: text.trimStart(), tentative: begun ? tentative : tentative.trimStart() };
  }
}

/** Audio with positions that count from its first sample: what lies between two bursts is not kept. */
async function* fromZero(audio: AsyncIterable<Audio>): AsyncGenerator<SpeechEvent, void> {
  let position = 0;
  for await (const piece of audio) {
    yield { ...piece, position };
    position += samplesOf(piece);
  }
}

function lengthMs(audio: Audio): number {
  return durationMs(samplesOf(audio), audio.rate);
}
