import * as v from "valibot";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";
import type { Provider } from "../provider.ts";
import { profileNamed, profiles } from "./profiles/mod.ts";
import { simulatedRecognizer } from "./simulated_recognizer.ts";
import { simulatedSynthesizer } from "./simulated_synthesizer.ts";
import { simulatedTranslator } from "./simulated_translator.ts";
import { simulatorName, type SimulatorOptions } from "./simulator.ts";

const names = profiles.map(({ name }) => name);

const settings = {
  PARLEY_SIMULATOR_SEED: v.pipe(
    v.optional(v.string(), "1"),
    v.regex(/^\d{1,9}$/, "expected a whole number of at most 9 digits"),
    v.transform(Number),
    v.description("Where the chance of the simulated engines begins"),
  ),
  PARLEY_SIMULATOR_PROFILE: v.pipe(
    v.optional(v.picklist(names, `expected one of ${names.join(", ")}`), names[0]!),
    v.description(`How fast the simulated engines are: ${names.join(", ")}`),
  ),
};

type Settings = v.InferOutput<v.ObjectSchema<typeof settings, undefined>>;

/** `PARLEY_STT=simulated`: a word in every 300 ms of sound, as late as a remote provider reports it. */
export const simulatedRecognizerProvider: Provider<SpeechRecognizer, typeof settings> = {
  name: simulatorName,
  settings,
  create: (settings) => simulatedRecognizer(optionsOf(settings)),
};

/** `PARLEY_MT=simulated`: the same text, a little longer, at the pace of a remote language model. */
export const simulatedTranslatorProvider: Provider<Translator, typeof settings> = {
  name: simulatorName,
  settings,
  create: (settings) => simulatedTranslator(optionsOf(settings)),
};

/** `PARLEY_TTS=simulated`: a tone as long as the text, at the pace of a remote voice. */
export const simulatedSynthesizerProvider: Provider<SpeechSynthesizer, typeof settings> = {
  name: simulatorName,
  settings,
  create: (settings) => simulatedSynthesizer(optionsOf(settings)),
};

function optionsOf({ PARLEY_SIMULATOR_SEED, PARLEY_SIMULATOR_PROFILE }: Settings): SimulatorOptions {
  return { seed: PARLEY_SIMULATOR_SEED, profile: profileNamed(PARLEY_SIMULATOR_PROFILE) };
}
