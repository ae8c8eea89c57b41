import * as v from "valibot";
import type { SpeechRecognizer } from "../../../pipeline/ports.ts";
import type { Provider } from "../../provider.ts";
import { defaultMax, defaultModelFolder, pocketsphinxRecognizer } from "./recognizer.ts";

const wholeNumber = (fallback: number, min: number, max: number, description: string) =>
  v.pipe(
    v.optional(v.string(), String(fallback)),
    v.regex(/^\d{1,6}$/, "expected a whole number"),
    v.transform(Number),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
    v.description(description),
  );

const settings = {
  PARLEY_POCKETSPHINX_MODEL: v.pipe(
    v.optional(v.string(), defaultModelFolder),
    v.nonEmpty("expected a folder"),
    v.description("The folder with pocketsphinx's English model"),
  ),
  PARLEY_POCKETSPHINX_WARM: wholeNumber(
    1,
    0,
    64,
    "How many pocketsphinx processes are kept ready for sessions to come, 140 MB each",
  ),
  PARLEY_POCKETSPHINX_MAX: wholeNumber(
    defaultMax(),
    1,
    1024,
    "How many pocketsphinx processes may run at a time; three for each core by default",
  ),
};

/** `PARLEY_STT=pocketsphinx`: English speech recognition on this machine, without a key or a network. */
export const pocketsphinx: Provider<SpeechRecognizer, typeof settings> = {
  name: "pocketsphinx",
  settings,
  create: (values) =>
    pocketsphinxRecognizer({
      modelFolder: values.PARLEY_POCKETSPHINX_MODEL,
      warm: values.PARLEY_POCKETSPHINX_WARM,
      max: values.PARLEY_POCKETSPHINX_MAX,
    }),
};
