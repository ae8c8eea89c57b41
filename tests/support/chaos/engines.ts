import { resilient, type ResilientOptions } from "../../../adapters/compose/mod.ts";
import type { Random } from "../../../adapters/fake/random.ts";
import { simulatedRecognizer } from "../../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../../adapters/fake/simulated_translator.ts";
import type { SimulatorOptions } from "../../../adapters/fake/simulator.ts";
import type { Owned } from "../../../adapters/provider.ts";
import { BackgroundTasks } from "../../../flow/background_tasks.ts";
import type { Clock } from "../../../flow/clock.ts";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../../../pipeline/ports.ts";
import { Census } from "./census.ts";

/** The engines of a world, and how many of the simulated ones' sessions are open. */
export interface WorldEngines extends AsyncDisposable {
  readonly recognizer: Owned<SpeechRecognizer>;
  readonly translator: Owned<Translator>;
  readonly synthesizer: Owned<SpeechSynthesizer>;
  readonly census: Census;
}

/** What the engines of a world are made of. */
export interface WorldEngineOptions extends SimulatorOptions {
  readonly seed: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether there are two simulated engines for each stage, with everything composed around them that a service has, or one as it is. */
  readonly resilient: boolean;
}

/** Makes the engines of a world. */
export function worldEngines(options: WorldEngineOptions): WorldEngines {
  const census = new Census();
  if (!options.resilient) {
    const engines = simulated(options, options.seed, census);
    return { ...engines, census, [Symbol.asyncDispose]: () => dispose(Object.values(engines)) };
  }
  const { clock, random } = options;
  const [first, second] = [
    simulated(options, options.seed, census),
    simulated(options, options.seed + 1_000_000, census),
  ];
  const background = new BackgroundTasks({ clock });
  const chance = random.fork();
  const common: ResilientOptions = {
    clock,
    random: () => chance.next(),
    background,
    observe: () => {},
    hedge: random.chance(0.3),
    ...(random.chance(0.5) ? { cache: { limitBytes: 2 ** 20, maxAgeMs: 60_000 } } : {}),
  };
  const engines = {
    recognizer: resilient("stt", [first.recognizer, second.recognizer], common),
    translator: resilient("mt", [first.translator, second.translator], common),
    synthesizer: resilient("tts", [first.synthesizer, second.synthesizer], common),
  };
  return {
    ...engines,
    census,
    async [Symbol.asyncDispose]() {
      await dispose(Object.values(engines));
      await background[Symbol.asyncDispose]();
    },
  };
}

function simulated(options: SimulatorOptions, seed: number, census: Census) {
  const own = { ...options, seed };
  return census.around({
    recognizer: simulatedRecognizer(own),
    translator: simulatedTranslator(own),
    synthesizer: simulatedSynthesizer(own),
  });
}

async function dispose(engines: readonly AsyncDisposable[]): Promise<void> {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
}
