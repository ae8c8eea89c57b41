/**
 * The service: reads the environment, makes the engines, serves the routes, and drains when it is told to go. `deno task start --help` lists
 * the settings.
 *
 * @module
 */
import { Budget } from "./adapters/compose/mod.ts";
import { ConfigError, describeSettings, loadConfig } from "./config.ts";
import { BackgroundTasks } from "./flow/background_tasks.ts";
import { systemClock } from "./flow/clock.ts";
import { PipelineError } from "./pipeline/error.ts";
import { createApp } from "./routes/app.ts";
import { type Readiness, readinessProbe } from "./routes/readiness.ts";
import { outOfMoney } from "./sessions/admission.ts";
import { defaultLimits } from "./sessions/limits.ts";
import { LoadProbe } from "./sessions/load_probe.ts";
import { Registry } from "./sessions/registry.ts";
import { createLogging, errorFields, type Log } from "./telemetry/log.ts";
import { createTelemetry } from "./telemetry/telemetry.ts";

/** A platform gives a process 5 s to end; of these, sessions have so many ms to finish what is being spoken. */
const graceMs = 3500;
/** How long open requests may take to end after that, in ms. */
const closingMs = 500;
/** How long what was left for the background may take to end after that, in ms. */
const backgroundMs = 250;

/** How long a first look at the providers may take, in ms. */
const firstLookMs = 15_000;

async function serve(): Promise<void> {
  const config = loadConfig(Deno.env.toObject());
  const logging = createLogging({ level: config.logLevel });
  const log = logging("service");
  const onFault = (error: unknown) =>
    log.error("fault", {
      ...errorFields(error),
      ...(error instanceof PipelineError ? { message: error.message } : {}),
    });
  containFaults(onFault);

  await using background = new BackgroundTasks({
    clock: systemClock,
    onFailure: (task, error) => log.warn("background task failed", { task, ...errorFields(error) }),
  });
  const budget = config.budget === undefined ? undefined : new Budget({
    clock: systemClock,
    limit: config.budget,
    onSpent: () => registry.endAll(outOfMoney("Cannot go on", budget!.waitMs)),
  });
  /** Whether there is money for what may have to be thrown away. */
  const plenty = () => budget === undefined || budget.state === "free";
  const telemetry = createTelemetry({
    clock: systemClock,
    log: logging("sessions"),
    engines: () => ({ stt: engines.recognizer, mt: engines.translator, tts: engines.synthesizer }),
    ...(budget === undefined ? {} : { budgetSpent: () => budget.share }),
  });
  const engines = config.createEngines({
    clock: systemClock,
    background,
    observe(event) {
      telemetry.engines(event);
      if (event.type === "usage") budget?.spend(event.cost);
    },
    mayHedge: plenty,
  });
  await using recognizer = engines.recognizer;
  await using translator = engines.translator;
  await using synthesizer = engines.synthesizer;
  const services = {
    recognizer,
    translator,
    synthesizer,
    clock: systemClock,
    mayGuess: () => config.guess && plenty(),
  };
  const load = new LoadProbe({ clock: systemClock, memoryBytes: () => Deno.memoryUsage().rss });
  await using registry = new Registry({
    services,
    limits: {
      ...defaultLimits,
      maxSessions: config.maxSessions,
      resumeMs: config.resumeMs,
      maxLoopLagMs: config.maxLoopLagMs,
      maxMemoryBytes: config.maxMemoryBytes,
    },
    onFault,
    measured: () => ({ ...load.measured, ...moneyIn(budget) }),
    observer: telemetry.sessions,
  });
  const watching = new AbortController();
  const watched = Promise.all([telemetry.watch(watching.signal), load.run(watching.signal)]);
  const probe = readinessProbe(services);
  const app = createApp({ services, registry, probe, access: config, reports: telemetry, onFault });
  const server = Deno.serve({
    hostname: config.hostname,
    port: config.port,
    onListen: ({ hostname, port }) => announce(log, hostname, port),
    // The answer has begun and cannot become a problem any more: it was broken off, which is all that a client can be told.
    onError: (error) => {
      if (error instanceof PipelineError) log.warn("answer broke off", errorFields(error));
      else onFault(error);
      return new Response(null, { status: 500 });
    },
  }, app.fetch);

  background.start("a first look at the providers", () => tellTroubles(probe, log), {
    deadlineMs: firstLookMs,
    finish: false,
  });
  log.info("going away", { signal: await signalled("SIGINT", "SIGTERM"), sessions: registry.size });
  await registry.drain(graceMs);
  const enough = new AbortController();
  // Not before: it closes open sockets with a code of its own.
  await Promise.race([server.shutdown(), systemClock.sleep(closingMs, enough.signal)]);
  enough.abort();
  watching.abort();
  await watched;
  await background.drain(backgroundMs);
  log.info("gone");
}

/** How long no session is started for want of money. */
function moneyIn(budget: Budget | undefined): { readonly moneyInMs?: number } {
  return budget === undefined || budget.state === "free" || budget.state === "frugal"
    ? {}
    : { moneyInMs: budget.waitMs };
}

/** Tells at the start which providers cannot be used, and why: a refused key, an unknown model. */
async function tellTroubles(probe: () => Promise<Readiness>, log: Log): Promise<void> {
  for (const [stage, { engine, ready, detail, providers = [] }] of Object.entries(await probe())) {
    const troubled = providers.filter(({ problem }) => problem !== undefined);
    for (const { name, problem } of troubled) {
      log.warn("provider cannot be used", { stage, provider: name, problem });
    }
    if (!ready && troubled.length === 0) {
      log.warn("provider cannot be used", { stage, provider: engine, problem: detail });
    }
  }
}

function announce(log: Log, hostname: string, port: number): void {
  const name = hostname === "127.0.0.1" || hostname === "0.0.0.0" ? "localhost" : hostname;
  log.info("listening", { url: `http://${name}:${port}`, hostname, port });
}

/** A fault that nobody caught must not end everybody's session. */
function containFaults(onFault: (error: unknown) => void): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    onFault(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onFault(event.reason);
  });
}

function signalled(...signals: readonly Deno.Signal[]): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    const listeners = signals.map((signal) => ({ signal, listen: () => heard(signal) }));
    const heard = (signal: Deno.Signal) => {
      for (const { signal, listen } of listeners) Deno.removeSignalListener(signal, listen);
      resolve(signal);
    };
    for (const { signal, listen } of listeners) Deno.addSignalListener(signal, listen);
  });
}

function help(): string {
  const settings = describeSettings();
  const width = Math.max(...settings.map(({ name }) => name.length));
  return [
    "Parley: a live interpreter. Runs the service until SIGINT or SIGTERM.",
    "",
    "Settings, from the environment:",
    ...settings.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
  ].join("\n");
}

if (import.meta.main) {
  if (Deno.args.length > 0) {
    console.log(help());
    Deno.exit(Deno.args.every((argument) => argument === "--help" || argument === "-h") ? 0 : 2);
  }
  try {
    await serve();
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof Deno.errors.AddrInUse)) throw error;
    console.error(
      error instanceof ConfigError
        ? error.message
        : `Cannot start: the port is taken, set PARLEY_PORT to another one`,
    );
    Deno.exit(1);
  }
}
