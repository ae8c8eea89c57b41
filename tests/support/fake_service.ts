import { fakeRecognizer, type FakeRecognizerOptions } from "../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, utterance } from "../../adapters/fake/script.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../adapters/fake/synthesizer.ts";
import { fakeTranslator, type FakeTranslatorOptions } from "../../adapters/fake/translator.ts";
import type { Clock } from "../../flow/clock.ts";
import type { Frame } from "../../pipeline/audio.ts";
import type { Services } from "../../pipeline/interpret.ts";
import type { Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { defaultLimits, type Limits } from "../../sessions/limits.ts";
import { Registry } from "../../sessions/registry.ts";

/** What the fakes of a service do. */
export interface FakeServiceOptions {
  readonly clock: Clock;
  readonly script?: readonly ScriptedUtterance[];
  readonly stt?: FakeRecognizerOptions;
  readonly mt?: FakeTranslatorOptions;
  readonly tts?: FakeSynthesizerOptions;
  readonly limits?: Partial<Limits>;
  /** Whether the voices speak at one speed, whatever they are asked for. */
  readonly steadyVoices?: boolean;
  /** Is told of every frame that reaches the recognizer. */
  readonly onFrame?: (frame: Frame) => void;
}

/** Two utterances: at 0.5 s and at 4 s. */
export const shortTalk = [utterance("the old house is near the sea", 500), utterance("we go home", 4000)];

/** A registry on scripted engines, and what went wrong in it that should not have. */
export function fakeService(
  { clock, script = shortTalk, stt, mt, tts, limits, steadyVoices = false, onFrame }: FakeServiceOptions,
) {
  const faults: unknown[] = [];
  const recognizer = fakeRecognizer({
    script,
    finalDelayMs: 200,
    endpointDelayMs: 200,
    stableAfterMs: 400,
    ...stt,
  });
  const synthesizer = fakeSynthesizer({ clock, ...tts });
  const { traits } = synthesizer;
  const services: Services = {
    recognizer: onFrame ? overheard(recognizer, onFrame) : recognizer,
    translator: fakeTranslator({ clock, ...mt }),
    synthesizer: steadyVoices
      ? { ...synthesizer, traits: { ...traits, speeds: { min: 1, max: 1 } } }
      : synthesizer,
    clock,
  };
  const registry = new Registry({
    services,
    limits: { ...defaultLimits, ...limits },
    onFault: (error) => faults.push(error),
  });
  return { services, registry, faults };
}

/** The same recognizer, with somebody who listens in. */
function overheard(recognizer: SpeechRecognizer, onFrame: (frame: Frame) => void): SpeechRecognizer {
  async function* listenIn(input: AsyncIterable<Input>): AsyncGenerator<Input, void> {
    for await (const item of input) {
      if (item.type === "frame") onFrame(item);
      yield item;
    }
  }
  return {
    ...recognizer,
    async open(options) {
      const hearing = await recognizer.open(options);
      return {
        hear: (input, signal) => hearing.hear(listenIn(input), signal),
        [Symbol.asyncDispose]: () => hearing[Symbol.asyncDispose](),
      };
    },
  };
}

/** What a client says first. */
export const start = {
  type: "start",
  source: "en",
  targets: ["es"],
  input: { codec: "pcm_s16le", rate: 16_000 },
} as const;
