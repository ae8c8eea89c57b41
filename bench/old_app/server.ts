/**
 * One of the three in a process of its own: arguments are the design (`sequential`, `optimised` or `parley`) and the trouble of the providers as JSON. Prints its
 * port, and on SIGTERM how many connections to providers it opened.
 *
 * @module
 */
import { resilient } from "../../adapters/compose/mod.ts";
import { Random } from "../../adapters/fake/random.ts";
import { simulatedRecognizer } from "../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../adapters/fake/simulated_translator.ts";
import type { Trouble } from "../../adapters/fake/trouble.ts";
import { BackgroundTasks } from "../../flow/background_tasks.ts";
import { systemClock } from "../../flow/clock.ts";
import { serveEngines } from "../../tests/support/live_service.ts";
import { oldSpeeds } from "./speeds.ts";
import { type Design, WholeMessages } from "./whole_messages.ts";

const [design = "parley", trouble = "{}"] = Deno.args;
let connections = 0;
const opened = () => void (connections += 1);
const options = { profile: oldSpeeds, trouble: JSON.parse(trouble) as Trouble, seed: 7 };

/** The same engine, with every session that is opened counted. */
function counted<E extends { open(wanted: never): Promise<AsyncDisposable> }>(engine: E): E {
  const open = engine.open.bind(engine) as E["open"];
  return {
    ...engine,
    open: (wanted: never) => {
      opened();
      return open(wanted);
    },
  };
}

function serveParley(): { readonly port: number } {
  const surroundings = {
    clock: systemClock,
    random: Math.random,
    background: new BackgroundTasks({ clock: systemClock }),
    observe: () => {},
  };
  const service = serveEngines({
    recognizer: resilient("stt", [counted(simulatedRecognizer(options))], surroundings),
    translator: resilient("mt", [counted(simulatedTranslator(options))], surroundings),
    synthesizer: resilient("tts", [counted(simulatedSynthesizer(options))], surroundings),
  });
  return { port: Number(new URL(service.url).port) };
}

function serveOldApp(design: Design): { readonly port: number } {
  const { dropsPerMinute = 0 } = options.trouble.stt ?? {};
  const random = new Random(options.seed);
  const signal = new AbortController().signal;
  const engines = { translator: simulatedTranslator(options), synthesizer: simulatedSynthesizer(options) };
  const hearingFails = (seconds: number) => random.chance(1 - Math.exp(-dropsPerMinute * seconds / 60));
  const app = () => new WholeMessages({ design, ...engines, hearingFails, opened });
  // The optimised one keeps its connections for all its clients; the sequential one has nothing to share.
  const shared = app();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    (design === "optimised" ? shared : app()).serve(socket, signal);
    return response;
  });
  return { port: server.addr.port };
}

const { port } = design === "parley" ? serveParley() : serveOldApp(design as Design);
console.log(port);
Deno.addSignalListener("SIGTERM", () => {
  console.log(JSON.stringify({ connections }));
  Deno.exit(0);
});
