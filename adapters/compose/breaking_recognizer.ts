import type { Hearing, HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import { around } from "./answering.ts";
import { type BreakingOptions, Gate } from "./breaking.ts";

/**
 * A recognizer that is not asked while its breaker is open; a probe opens a session and disposes of it. A hearing lasts long: every utterance that is heard
 * to its end counts as a call that went well.
 */
export function breakingRecognizer(
  engine: Owned<SpeechRecognizer>,
  options: BreakingOptions,
): Owned<SpeechRecognizer> {
  const gate = new Gate(engine.name, options);

  async function* hear(
    session: Hearing,
    input: AsyncIterable<Input>,
    signal: AbortSignal,
  ): AsyncGenerator<HearingEvent> {
    try {
      for await (const event of session.hear(input, signal)) {
        if (event.type === "hypothesis" && event.final) gate.leave(event.words.length > 0 ? "ok" : "empty");
        yield event;
      }
    } catch (error) {
      gate.fail(error, signal);
      throw error;
    }
  }

  return around(engine, async (wanted) => {
    wanted.signal.throwIfAborted();
    gate.enter();
    const { languages, format } = wanted;
    gate.probe = async (signal) => {
      await using _ = await engine.open({ languages, format, glossary: {}, signal });
    };
    const session = await engine.open(wanted).catch((error) => {
      gate.fail(error, wanted.signal);
      throw error;
    });
    return {
      hear: (input, signal) => hear(session, input, signal),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  }, { end: () => gate.end() });
}
