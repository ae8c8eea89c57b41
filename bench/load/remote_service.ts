/**
 * The service as `main.ts` composes it, but for its recognizer, which is the simulated one in another process at the address that is the argument. Settings come
 * from the environment.
 *
 * @module
 */
import { resilient } from "../../adapters/compose/mod.ts";
import { simulatedRecognizer } from "../../adapters/fake/simulated_recognizer.ts";
import { loadConfig } from "../../config.ts";
import { BackgroundTasks } from "../../flow/background_tasks.ts";
import { systemClock } from "../../flow/clock.ts";
import { createApp } from "../../routes/app.ts";
import { defaultLimits } from "../../sessions/limits.ts";
import { LoadProbe } from "../../sessions/load_probe.ts";
import { Registry } from "../../sessions/registry.ts";
import { createLogging, errorFields } from "../../telemetry/log.ts";
import { createTelemetry } from "../../telemetry/telemetry.ts";
import { remoteRecognizer } from "./remote_recognizer.ts";

const [providers = ""] = Deno.args;
const config = loadConfig(Deno.env.toObject());
const logging = createLogging({ level: config.logLevel });
const log = logging("service");
const onFault = (error: unknown) => log.error("fault", errorFields(error));
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  onFault(event.reason);
});
const background = new BackgroundTasks({ clock: systemClock });
const telemetry = createTelemetry({
  clock: systemClock,
  log: logging("sessions"),
  engines: () => ({ stt: recognizer, mt: translator, tts: synthesizer }),
});
const surroundings = { clock: systemClock, background, observe: telemetry.engines };
const { translator, synthesizer } = config.createEngines(surroundings);
const { traits } = simulatedRecognizer();
const recognizer = resilient("stt", [remoteRecognizer(providers, traits)], {
  ...surroundings,
  random: Math.random,
});
const services = { recognizer, translator, synthesizer, clock: systemClock };
const load = new LoadProbe({ clock: systemClock, memoryBytes: () => Deno.memoryUsage().rss });
const { maxSessions, resumeMs, maxLoopLagMs, maxMemoryBytes } = config;
const registry = new Registry({
  services,
  limits: { ...defaultLimits, maxSessions, resumeMs, maxLoopLagMs, maxMemoryBytes },
  onFault,
  measured: () => load.measured,
  observer: telemetry.sessions,
});
const watching = new AbortController();
telemetry.watch(watching.signal);
load.run(watching.signal);
const app = createApp({ services, registry, access: config, reports: telemetry, onFault });
Deno.serve({
  hostname: config.hostname,
  port: config.port,
  onListen: ({ port }) => log.info("listening", { url: `http://127.0.0.1:${port}` }),
}, app.fetch);
Deno.addSignalListener("SIGTERM", async () => {
  await registry.drain(1000);
  watching.abort();
  Deno.exit(0);
});
