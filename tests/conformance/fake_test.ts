import { fakeRecognizer } from "../../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { conformSpeechRecognizer } from "./speech_recognizer.ts";
import { conformSpeechSynthesizer } from "./speech_synthesizer.ts";
import { conformTranslator } from "./translator.ts";

const rate = 16000;

/** An utterance of so much sound, with half a second of silence around it. */
function sound(ms: number): Int16Array {
  const samples = new Int16Array(rate * (ms + 1000) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * ms / 1000), rate / 2);
  return samples;
}

conformSpeechRecognizer("fakeRecognizer() without a script", () => ({
  create: () => fakeRecognizer(),
  options: { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} },
  utterances: [sound(1000), sound(1500)],
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
}));

conformTranslator("fakeTranslator()", () => ({
  create: () => fakeTranslator(),
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 5000,
}));

conformSpeechSynthesizer("fakeSynthesizer()", () => ({
  create: () => fakeSynthesizer(),
  options: { language: "es", formats: [{ codec: "pcm_s16le", rate }] },
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 5000,
}));
