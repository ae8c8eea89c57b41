import { durationMs, type Format, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, matchTag } from "../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { abortable } from "../abortable.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { EnergyListener } from "./energy_listener.ts";
import { type Fault, Faults } from "./fault.ts";
import { fakeLanguages } from "./languages.ts";
import type { Listener } from "./listener.ts";
import { checkScript, type ReportingDelays, type ScriptedUtterance } from "./script.ts";
import { ScriptedListener } from "./scripted_listener.ts";

/** A failure at a place on the source clock. */
export interface HearingFault extends Fault {
  /** It is played as soon as the recognizer has listened so far. */
  readonly atMs: number;
}

/** Options of {@linkcode fakeRecognizer}. */
export interface FakeRecognizerOptions extends ReportingDelays {
  /** What is going to be heard, in every hearing; without it, a numbered word in every 300 ms of sound. */
  readonly script?: readonly ScriptedUtterance[];
  readonly name?: string;
  readonly languages?: readonly LanguageTag[];
  readonly formats?: readonly Format[];
  /** By default the longest time that a word of the script is misheard. */
  readonly stableAfterMs?: number;
  readonly faults?: readonly HearingFault[];
  readonly openFaults?: readonly Fault[];
}

const pcmFormats: readonly Format[] = [16000, 8000, 24000, 48000].map((rate) => ({
  codec: "pcm_s16le",
  rate,
}));

/**
 * A recognizer without ears: hears a script, or counts sounds, as the audio flows in. Only the positions of the frames count, never a
 * clock; a hearing that starts later in the source hears what is left of the script.
 *
 * @throws {RangeError} when the words of the script overlap.
 */
export function fakeRecognizer(options: FakeRecognizerOptions = {}): Owned<SpeechRecognizer> {
  const name = options.name ?? "fake";
  const { script } = options;
  if (script) checkScript(script, options);
  const lifetime = new Lifetime(`recognizer ${name}`);
  const faults = new Faults(options.faults);
  const openFaults = new Faults(options.openFaults);
  const languages = options.languages ?? fakeLanguages;
  const formats = options.formats ?? pcmFormats;
  const misheardMs = (script ?? []).flatMap(({ words }) => words.map(({ misheard }) => misheard?.forMs ?? 0));
  return {
    name,
    traits: { languages, formats, stableAfterMs: options.stableAfterMs ?? Math.max(0, ...misheardMs) },
    async open({ languages: wanted, format, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      await openFaults.playNext(() => true, `Cannot open ${name}`, lifetime.within(signal));
      const unknown = wanted.find((tag) => matchTag(tag, languages) === undefined);
      if (unknown !== undefined || wanted.length === 0) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear a language: ${unknown ?? "none"} is not known`,
        );
      }
      if (!formats.some(({ codec, rate }) => codec === format.codec && rate === format.rate)) {
        throw new PipelineError(
          "invalid_request",
          `Cannot hear the format: ${format.codec} at ${format.rate} Hz`,
        );
      }
      const within = { rate: format.rate, language: wanted[0]! };
      const listener = script ? new ScriptedListener(script, options, within) : new EnergyListener(within);
      return fakeHearing(listener, { name, rate: format.rate, faults, engine: lifetime });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function fakeHearing(
  listener: Listener,
  { name, rate, faults, engine }: {
    name: string;
    rate: number;
    faults: Faults<HearingFault>;
    engine: Lifetime;
  },
): Hearing {
  const lifetime = new Lifetime(`hearing of ${name}`);
  let begun = false;

  async function* report(events: readonly HearingEvent[], signal: AbortSignal) {
    for (const event of events) {
      yield event;
      signal.throwIfAborted();
    }
  }

  async function* hearFrame(frame: Frame, signal: AbortSignal): AsyncGenerator<HearingEvent> {
    if (frame.rate !== rate) {
      throw new PipelineError(
        "invalid_request",
        `Cannot hear a frame: its rate is ${frame.rate}, expected ${rate}`,
      );
    }
    const end = frame.position + frame.samples.length;
    const fault = faults.next(({ atMs }) => atMs * rate / 1000 <= end);
    if (fault) {
      yield* report(listener.hear(frame, Math.round(fault.atMs * rate / 1000)), signal);
      await faults.play(fault, `Cannot hear with ${name}`, signal);
    }
    yield* report(listener.hear(frame), signal);
  }

  async function* hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    engine.check();
    lifetime.check();
    if (begun) throw new TypeError("Cannot hear twice: open another session");
    begun = true;
    const signal = lifetime.within(engine.within(outer));
    let heard = 0;
    for await (const item of abortable(input, signal)) {
      if (item.type === "packets") {
        throw new PipelineError("invalid_request", "Cannot hear encoded audio: expected frames");
      }
      if (item.type === "flush") {
        yield* report(listener.flush(), signal);
        yield { type: "flushed", id: item.id };
      } else {
        heard += item.samples.length;
        yield* hearFrame(item, signal);
      }
    }
    yield* report(listener.end(), signal);
    yield { type: "usage", audioMs: durationMs(heard, rate) };
  }

  return {
    hear,
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}
