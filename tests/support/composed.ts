import { type EngineEvent, resilient, type ResilientOptions } from "../../adapters/compose/mod.ts";
import type { Owned } from "../../adapters/provider.ts";
import { BackgroundTasks } from "../../flow/background_tasks.ts";
import { type Clock, systemClock } from "../../flow/clock.ts";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";

/** What engines are composed with in tests: the middle of every jitter, and a note of everything that is told. */
export function surroundings(clock: Clock = systemClock, options: Partial<ResilientOptions> = {}) {
  const events: EngineEvent[] = [];
  const background = new BackgroundTasks({ clock });
  const all: ResilientOptions = {
    clock,
    random: () => 0.5,
    background,
    observe: (event) => events.push(event),
    ...options,
  };
  return { options: all, background, events };
}

type Chain<Port> = readonly [Owned<Port>, ...Owned<Port>[]];

/** A recognizer of several, on the machine's time. */
export function composedRecognizer(...engines: Chain<SpeechRecognizer>): Owned<SpeechRecognizer> {
  return resilient("stt", engines, surroundings().options);
}

/** A translator of several, on the machine's time. */
export function composedTranslator(
  engines: Chain<Translator>,
  options: Partial<ResilientOptions> = {},
): Owned<Translator> {
  return resilient("mt", engines, surroundings(systemClock, options).options);
}

/** A synthesizer of several, on the machine's time. */
export function composedSynthesizer(
  engines: Chain<SpeechSynthesizer>,
  options: Partial<ResilientOptions> = {},
): Owned<SpeechSynthesizer> {
  return resilient("tts", engines, surroundings(systemClock, options).options);
}
