import { fakeRecognizer } from "../../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import type { ResilientOptions } from "../../adapters/compose/mod.ts";
import { composedRecognizer, composedSynthesizer, composedTranslator } from "../support/composed.ts";
import { conformSpeechRecognizer } from "./speech_recognizer.ts";
import { conformSpeechSynthesizer } from "./speech_synthesizer.ts";
import { conformTranslator } from "./translator.ts";

const rate = 16000;
const cache = { limitBytes: 8_000_000, maxAgeMs: 60_000 };

/** An utterance of so much sound, with half a second of silence around it. */
function sound(ms: number): Int16Array {
  const samples = new Int16Array(rate * (ms + 1000) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * ms / 1000), rate / 2);
  return samples;
}

const recognizer = {
  options: { languages: ["en"], format: { codec: "pcm_s16le" as const, rate }, glossary: {} },
  utterances: [sound(1000), sound(1500)] as const,
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
};
const translator = {
  options: { source: "en", target: "es", glossary: {} },
  samples: [
    { text: "one two three", contains: "es:two" },
    { text: "four five six", contains: "es:five" },
  ] as const,
  patienceMs: 5000,
};
const synthesizer = {
  options: { language: "es", formats: [{ codec: "pcm_s16le" as const, rate }] },
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 5000,
};

conformSpeechRecognizer("resilient() of one recognizer", () => ({
  ...recognizer,
  create: () => composedRecognizer(fakeRecognizer()),
}));

conformSpeechRecognizer("resilient() of a recognizer that does not open and one that does", () => ({
  ...recognizer,
  create: () =>
    composedRecognizer(
      fakeRecognizer({ name: "first", openFaults: [{ fault: "unavailable", times: 1000 }] }),
      fakeRecognizer({ name: "second" }),
    ),
}));

const variations: readonly { readonly what: string; readonly options: Partial<ResilientOptions> }[] = [
  { what: "", options: {} },
  { what: " with a cache", options: { cache } },
  { what: " with hedging", options: { hedge: true } },
];

for (const { what, options } of variations) {
  conformTranslator(`resilient() of one translator${what}`, () => ({
    ...translator,
    create: () => composedTranslator([fakeTranslator()], options),
  }));

  conformTranslator(`resilient() of a translator that fails and one that works${what}`, () => ({
    ...translator,
    create: () =>
      composedTranslator([
        fakeTranslator({ name: "first", faults: [{ fault: "unavailable", times: 1000 }] }),
        fakeTranslator({ name: "second" }),
      ], options),
  }));

  conformSpeechSynthesizer(`resilient() of one synthesizer${what}`, () => ({
    ...synthesizer,
    create: () => composedSynthesizer([fakeSynthesizer()], options),
  }));

  conformSpeechSynthesizer(`resilient() of a synthesizer that fails and one that works${what}`, () => ({
    ...synthesizer,
    create: () =>
      composedSynthesizer([
        fakeSynthesizer({ name: "first", faults: [{ fault: "unavailable", times: 1000 }] }),
        fakeSynthesizer({ name: "second" }),
      ], options),
  }));
}
