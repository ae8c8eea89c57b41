import { profileNamed } from "../../adapters/fake/profiles/mod.ts";
import { simulatedRecognizer } from "../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../adapters/fake/simulated_translator.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { conformSpeechRecognizer } from "./speech_recognizer.ts";
import { conformSpeechSynthesizer } from "./speech_synthesizer.ts";
import { conformTranslator } from "./translator.ts";

const rate = 16_000;
/** Without its times: what is checked is media time and order. */
const profile = profileNamed("instant");

/** An utterance of so much sound, with half a second of silence around it. */
function sound(ms: number): Int16Array {
  const samples = new Int16Array(rate * (ms + 1000) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * ms / 1000), rate / 2);
  return samples;
}

conformSpeechRecognizer("simulatedRecognizer()", () => ({
  create: () => simulatedRecognizer({ profile }),
  options: { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} },
  utterances: [sound(1000), sound(1500)],
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
}));

conformSpeechRecognizer("simulatedRecognizer() with published times", () => ({
  create: () =>
    simulatedRecognizer({
      profile: {
        ...profileNamed("published"),
        stt: { ...profileNamed("published").stt, openMs: { p50: 0, p95: 0 } },
      },
    }),
  options: { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} },
  utterances: [sound(1000), sound(1500)],
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
}));

conformTranslator("simulatedTranslator()", () => ({
  create: () => simulatedTranslator({ profile }),
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "two" }, { text: "four five six", contains: "five" }],
  patienceMs: 5000,
}));

conformSpeechSynthesizer("simulatedSynthesizer()", () => ({
  create: () => simulatedSynthesizer({ profile }),
  options: { language: "es", formats: [{ codec: "pcm_s16le", rate }] },
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 5000,
}));
