import { LinkedAbort } from "../../flow/linked_abort.ts";
import type { SpeechEvent } from "../../pipeline/ports.ts";
import { type AnswerEngine, aroundAnswers } from "./answering.ts";
import { ReplayedText } from "./replayed_text.ts";
import { speaking, type Speeches, type SpeechRequest } from "./speaking.ts";

/** A synthesizer whose inner one may read each text as often as it wants to: what retries, hands over or hedges needs that. */
export function rereading(engine: AnswerEngine<Speeches>): AnswerEngine<Speeches> {
  return aroundAnswers(
    speaking,
    engine,
    (voice) =>
      async function* (request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechEvent> {
        using stop = new LinkedAbort(signal);
        const text = new ReplayedText(stop.signal);
        // A text that fails ends everything with its own failure, which is nobody's fault here.
        const recording = text.record(request.text).catch((error) => stop.abort(error));
        try {
          yield* speaking.ask(voice, { ...request, text }, stop.signal);
        } finally {
          stop.abort(spoken);
          await recording;
        }
      },
  );
}

const spoken = new DOMException("The speech has ended", "AbortError");
