import * as v from "valibot";
import type { SpeechSynthesizer } from "../../../pipeline/ports.ts";
import type { Provider } from "../../provider.ts";
import { espeakSynthesizer } from "./synthesizer.ts";

const wholeNumber = (fallback: string, min: number, max: number, description: string) =>
  v.pipe(
    v.optional(v.string(), fallback),
    v.regex(/^\d{1,6}$/, "expected a whole number"),
    v.transform(Number),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
    v.description(description),
  );

const settings = {
  PARLEY_ESPEAK_WPM: wholeNumber(
    "175",
    100,
    360,
    "How many words a minute espeak-ng speaks at its natural speed",
  ),
  PARLEY_ESPEAK_MAX: wholeNumber("8", 1, 64, "How many espeak-ng processes may run at a time"),
};

/** `PARLEY_TTS=espeak`: speech on this machine, without a key or a network. */
export const espeak: Provider<SpeechSynthesizer, typeof settings> = {
  name: "espeak",
  settings,
  create: (values) =>
    espeakSynthesizer({ wpm: values.PARLEY_ESPEAK_WPM, processes: values.PARLEY_ESPEAK_MAX }),
};
