import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { EnergyListener } from "./energy_listener.ts";
import { Faults } from "./fault.ts";
import { fakeHearing, type HearingFault } from "./hearing.ts";
import { fakeLanguages } from "./languages.ts";
import { drawMs } from "./latency.ts";
import { profiles } from "./profiles/mod.ts";
import { Random } from "./random.ts";
import { fakeInputs } from "./recognizer.ts";
import { checkScript, type ScriptedUtterance } from "./script.ts";
import { ScriptedListener } from "./scripted_listener.ts";
import { SimulatedListener } from "./simulated_listener.ts";
import { simulatorName, type SimulatorOptions } from "./simulator.ts";
import { type HearingTrouble, refusal, silence } from "./trouble.ts";
import { drawWord } from "./vocabulary.ts";

/** Options of {@linkcode simulatedRecognizer}. */
export interface SimulatedRecognizerOptions extends SimulatorOptions {
  /** What is going to be heard, in every hearing; without it, a word in every 300 ms of sound. */
  readonly script?: readonly ScriptedUtterance[];
}

/** Less silence than this does not end an utterance: the simulated times to the final are longer. */
const silenceMs = 200;

/**
 * A recognizer with the times and the mistakes of a remote one. It has no ears: sound is words of a small vocabulary, or a script. Its times are
 * media time, so that they pass as fast as the audio comes; only opening, flushing and ending take time on the clock.
 *
 * @throws {RangeError} when the words of the script overlap.
 */
export function simulatedRecognizer(options: SimulatedRecognizerOptions = {}): Owned<SpeechRecognizer> {
  const { seed = 1, profile = profiles[0], clock = systemClock, script } = options;
  const trouble = options.trouble?.stt ?? {};
  if (script) checkScript(script, {});
  const lifetime = new Lifetime(`recognizer ${simulatorName}`);
  const chance = new Random(seed);
  return {
    name: simulatorName,
    traits: { languages: fakeLanguages, formats: fakeInputs, stableAfterMs: profile.stt.stableAfterMs },
    async open({ languages, format, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      const random = chance.fork();
      const openMs = drawMs(profile.stt.openMs, random);
      using either = lifetime.link(signal);
      if (openMs > 0) await clock.sleep(openMs, either.signal);
      if (random.chance(trouble.refused ?? 0)) throw refusal(`Cannot open ${simulatorName}`, random);
      const unknown = languages.find((tag) => matchTag(tag, fakeLanguages) === undefined);
      if (unknown !== undefined || languages.length === 0) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear a language: ${unknown ?? "none"} is not known`,
        );
      }
      const { codec, rate } = format;
      if (!fakeInputs.some((input) => input.codec === codec && input.rate === rate)) {
        throw new PipelineError("invalid_request", `Cannot hear the format: ${codec} at ${rate} Hz`);
      }
      const language = languages[0]!;
      // The same sound is the same words in every session.
      const words = new Random(seed);
      const inner = script
        ? new ScriptedListener(script, {}, { rate, language })
        : new EnergyListener({ rate, language, silenceMs, word: () => drawWord(words) });
      const listener = new SimulatedListener({ inner, rate, profile, trouble, random: random.fork() });
      return fakeHearing(listener, {
        name: simulatorName,
        rate,
        faultsFrom: (fromMs) => drawFaults(fromMs, { trouble, random, clock }),
        engine: lifetime,
        async finish(signal) {
          const finalMs = drawMs(profile.stt.finalMs, random);
          if (finalMs > 0) await clock.sleep(finalMs, signal);
        },
      });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

/** The first connection to be lost and the first silence, if they ever come. */
function drawFaults(
  fromMs: number,
  { trouble, random, clock }: { trouble: HearingTrouble; random: Random; clock: Clock },
): Faults<HearingFault> {
  const { dropsPerMinute = 0, stallsPerMinute = 0, stallMs } = trouble;
  const after = (perMinute: number) => fromMs + random.wait(perMinute / 60_000);
  const drawn: HearingFault[] = [
    { fault: "unavailable", atMs: after(dropsPerMinute) },
    { fault: "stall", silence: silence(stallMs, clock), atMs: after(stallsPerMinute) },
  ];
  return new Faults(
    drawn.filter(({ atMs }) => Number.isFinite(atMs)).toSorted((one, other) => one.atMs - other.atMs),
  );
}
