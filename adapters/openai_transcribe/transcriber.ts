import { Queue } from "../../flow/queue.ts";
import { exchange, type HttpOptions } from "../net/http.ts";
import { wavFile } from "../net/wav_file.ts";
import { readAnswer, type TranscribeEvent } from "./answer.ts";
import { type TranscribeAccess, type TranscribeOptions, transcribeRequest } from "./wire.ts";

/** The shortest file that is sent, in ms: some servers hear nothing in shorter ones. Silence makes up for it. */
const shortestMs = 1100;

/** Has audio transcribed; for one session. */
export interface Transcriber {
  /**
   * Waits for a place among the requests of the engine, then sends the audio and gives the answer as it comes.
   *
   * @throws {PipelineError} of the kind that the failure means, or `signal.reason`.
   */
  transcribe(samples: Int16Array, signal: AbortSignal): AsyncIterable<TranscribeEvent>;
  /** The same for what may be left out: `undefined` when there is no place at the moment. */
  transcribeIfFree(samples: Int16Array, signal: AbortSignal): AsyncIterable<TranscribeEvent> | undefined;
}

/** What a {@linkcode transcriber} is made of. */
export interface TranscriberParts {
  readonly access: TranscribeAccess;
  readonly options: TranscribeOptions;
  /** Samples a second. */
  readonly rate: number;
  readonly http: HttpOptions;
  /** Whoever is on the way holds a place. */
  readonly places: Queue<true>;
}

/** Has audio transcribed over HTTP, a request for each piece. */
export function transcriber({ access, options, rate, http, places }: TranscriberParts): Transcriber {
  async function* ask(
    samples: Int16Array,
    wanted: TranscribeOptions,
    signal: AbortSignal,
  ): AsyncGenerator<TranscribeEvent> {
    try {
      const wav = wavFile(samples, rate, shortestMs * rate / 1000);
      const body = exchange(transcribeRequest(access, wanted, wav), http, signal);
      for await (const event of readAnswer(body, http.provider)) {
        yield event;
        signal.throwIfAborted();
      }
    } finally {
      await places.receive(new AbortController().signal);
    }
  }

  return {
    async *transcribe(samples, signal) {
      await places.send(true, signal);
      yield* ask(samples, options, signal);
    },
    transcribeIfFree(samples, signal) {
      if (!places.push(true)) return undefined;
      // Nobody needs the words one by one when all of them may change.
      const answer = options.answer === "stream" ? "text" : options.answer;
      return ask(samples, { ...options, answer }, signal);
    },
  };
}
