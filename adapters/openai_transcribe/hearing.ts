import { LinkedAbort } from "../../flow/linked_abort.ts";
import type { Hearing, HearingEvent, Input } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { SpeechDetector } from "../net/speech_cutter.ts";
import { Listening, type ListeningParts } from "./listening.ts";

/** What a {@linkcode transcribeHearing} is made of. */
export interface TranscribeHearingParts extends ListeningParts {
  /** Of the engine, for messages. */
  readonly name: string;
  /** Its own; it is disposed with the hearing. */
  readonly detector: SpeechDetector & Disposable;
  /** The life of the engine, which ends its hearings. */
  readonly engine: Lifetime;
}

/** Hears utterance by utterance: cuts the source where nobody speaks, and has each piece transcribed. */
export function transcribeHearing(parts: TranscribeHearingParts): Hearing {
  const { name, detector, engine } = parts;
  const lifetime = new Lifetime(`hearing of ${name}`);
  let begun = false;

  async function* hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    engine.check();
    lifetime.check();
    if (begun) throw new TypeError("Cannot hear twice: open another session");
    begun = true;
    using either = new LinkedAbort(outer, lifetime.signal, engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    const listening = new Listening(parts);
    let failure: { readonly reason: unknown } | undefined;
    const work = listening.run(input, signal).catch((reason) => void (failure = { reason }));
    try {
      // What was found out before a failure is told before it: nobody has to hear it again.
      for await (const events of listening.events(signal)) {
        for (const event of events) {
          yield event;
          signal.throwIfAborted();
        }
      }
    } finally {
      either.abort(new DOMException("The hearing has ended", "AbortError"));
      await work;
    }
    if (failure) throw failure.reason;
  }

  return {
    hear,
    [Symbol.asyncDispose]() {
      lifetime.end();
      detector[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
