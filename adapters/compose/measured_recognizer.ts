import type { Hearing, HearingEvent, Input, SpeechRecognizer, Traced } from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import { traced } from "../traced.ts";
import { around } from "./answering.ts";
import { Measurement, measureOpening, type MeasureOptions } from "./measured.ts";

/** A recognizer whose every call is observed. A hearing's first result is its first hypothesis, counted from the first sound of speech that it noticed. */
export function measuredRecognizer(
  engine: Owned<SpeechRecognizer>,
  options: MeasureOptions,
): Owned<SpeechRecognizer> {
  const who = { stage: "stt", engine: engine.name } as const;

  async function* hear(
    session: Hearing,
    input: AsyncIterable<Input>,
    trace: Traced,
    signal: AbortSignal,
  ): AsyncGenerator<HearingEvent> {
    const call = new Measurement({ ...who, operation: "hear", ...trace }, options);
    let started = false;
    try {
      for await (const event of session.hear(input, signal)) {
        if (event.type === "speech_started" && !started) call.given();
        started ||= event.type === "speech_started";
        if (event.type === "hypothesis") call.result();
        if (event.type === "usage") call.used(event);
        yield event;
      }
      call.ended();
    } catch (error) {
      call.failed(error, signal);
      throw error;
    } finally {
      call.tell();
    }
  }

  return around(engine, async (wanted) => {
    const session = await measureOpening(who, options, wanted, () => engine.open(wanted));
    return {
      hear: (input, signal) => hear(session, input, traced(wanted), signal),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  });
}
