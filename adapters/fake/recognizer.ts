import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, matchTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { EnergyListener } from "./energy_listener.ts";
import { type Fault, Faults } from "./fault.ts";
import { fakeHearing, type HearingFault } from "./hearing.ts";
import { fakeLanguages } from "./languages.ts";
import { OwnListener, type OwnScript } from "./own_listener.ts";
import { checkScript, type ReportingDelays, type ScriptedUtterance } from "./script.ts";
import { ScriptedListener } from "./scripted_listener.ts";

/** Options of {@linkcode fakeRecognizer}. */
export interface FakeRecognizerOptions extends ReportingDelays {
  /** What is going to be heard, in every hearing; without it, a numbered word in every 300 ms of sound. */
  readonly script?: readonly ScriptedUtterance[];
  readonly name?: string;
  readonly languages?: readonly LanguageTag[];
  readonly formats?: readonly Format[];
  /** By default the longest time that a word of the script is misheard. */
  readonly stableAfterMs?: number;
  /** What it translates and speaks itself; nothing by default. */
  readonly own?: OwnScript;
  readonly faults?: readonly HearingFault[];
  readonly openFaults?: readonly Fault[];
}

/** What the fakes take unless they are told otherwise. */
export const fakeInputs: readonly Format[] = [16000, 8000, 24000, 48000].map((rate) => ({
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
  const { script, own } = options;
  if (script) checkScript(script, options);
  const lifetime = new Lifetime(`recognizer ${name}`);
  const faults = new Faults(options.faults);
  const openFaults = new Faults(options.openFaults);
  const languages = options.languages ?? fakeLanguages;
  const formats = options.formats ?? fakeInputs;
  const misheardMs = (script ?? []).flatMap(({ words }) => words.map(({ misheard }) => misheard?.forMs ?? 0));
  return {
    name,
    traits: {
      languages,
      formats,
      stableAfterMs: options.stableAfterMs ?? Math.max(0, ...misheardMs),
      ...(own?.translates ? { translates: own.translates } : {}),
      ...(own?.speaks ? { speaks: own.speaks } : {}),
    },
    async open({ languages: wanted, format, targets = [], signal }) {
      lifetime.check();
      signal.throwIfAborted();
      using either = lifetime.link(signal);
      await openFaults.playNext(() => true, `Cannot open ${name}`, either.signal);
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
      const heard = script ? new ScriptedListener(script, options, within) : new EnergyListener(within);
      const listener = own ? new OwnListener(heard, own, targets, format.rate) : heard;
      return fakeHearing(listener, { name, rate: format.rate, faultsFrom: () => faults, engine: lifetime });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}
