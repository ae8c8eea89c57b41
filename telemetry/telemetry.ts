import { type Meter, trace, type Tracer } from "@opentelemetry/api";
import type { EngineObserver } from "../adapters/compose/engine_event.ts";
import type { Clock } from "../flow/clock.ts";
import type { ProviderConnections, ProviderState } from "../pipeline/ports.ts";
import type { SessionObserver } from "../sessions/observer.ts";
import type { Reading } from "./definition.ts";
import { engineCalls } from "./engine_calls.ts";
import { Exits } from "./exits.ts";
import type { Log } from "./log.ts";
import { ownProcess, type ProcessUse, ProcessWatch } from "./process_watch.ts";
import { costPerMinute, type Stats, statsOf } from "./stats.ts";
import { Throughput } from "./throughput.ts";
import { WatchedSessions } from "./watched_sessions.ts";

/** An engine, as far as it is watched. */
export interface WatchedEngine {
  readonly name: string;
  providers?(): readonly ProviderState[];
  connections?(): readonly ProviderConnections[];
}

/** Options of {@linkcode createTelemetry}. */
export interface TelemetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The engines; asked for when something happens, since what observes them is needed before they are made. */
  engines(): Readonly<Record<"stt" | "mt" | "tts", WatchedEngine>>;
  /** Where spans go; OpenTelemetry's own, which the runtime records when `OTEL_DENO` is set, by default. */
  readonly tracer?: Tracer;
  /** Where metrics go besides Prometheus; as with the tracer. */
  readonly meter?: Meter;
  /** What has to be added to the clock's time to make it milliseconds since 1970; right for the machine's clock by default. */
  readonly epochMs?: number;
  readonly process?: ProcessUse;
  /** Which share of the budget is spent; there is no budget when absent. */
  readonly budgetSpent?: () => number;
}

/** What can be read of the service while it runs. */
export interface Telemetry {
  /** To be told of sessions. */
  readonly sessions: SessionObserver;
  /** To be told of the calls of engines. */
  readonly engines: EngineObserver;
  /** Every metric, as Prometheus reads it, and the media type of that. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** The same in one look. */
  stats(): Stats;
  /** Watches the process until the signal aborts. Never rejects. */
  watch(signal: AbortSignal): Promise<void>;
}

/** Puts the metrics, the traces and the log of the service together. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, log, process: use = ownProcess } = options;
  const exits = new Exits(options.meter);
  const names = {
    get stt() {
      return options.engines().stt.name;
    },
    get mt() {
      return options.engines().mt.name;
    },
    get tts() {
      return options.engines().tts.name;
    },
  };
  const spans = {
    tracer: options.tracer ?? trace.getTracer("parley"),
    epochMs: options.epochMs ?? performance.timeOrigin,
    engines: names,
  };
  const sessions = new WatchedSessions({ exits, spans, clock, log });
  const calls = engineCalls(exits, log, { clock, spans });
  const process = new ProcessWatch(exits, clock, use);
  exits.read(
    "breakerOpen",
    () => Object.entries(options.engines()).flatMap(([stage, engine]) => breakers(stage, engine)),
  );
  const lines = () =>
    Object.entries(options.engines()).flatMap(([stage, { connections }]) =>
      (connections?.() ?? []).map((line) => ({ stage, ...line }))
    );
  exits.read("connections", () =>
    lines().flatMap(({ stage, name: provider, busy, idle }) => [
      { labels: { stage, provider, of: "busy" }, value: busy },
      { labels: { stage, provider, of: "idle" }, value: idle },
    ]));
  exits.read(
    "connectionsWaiting",
    () =>
      lines().map(({ stage, name: provider, waiting }) => ({ labels: { stage, provider }, value: waiting })),
  );
  exits.read("costPerMinute", () => [{ labels: {}, value: costPerMinute(calls, sessions) }]);
  const { budgetSpent } = options;
  if (budgetSpent) exits.read("budgetSpent", () => [{ labels: {}, value: budgetSpent() }]);
  const throughput = {
    messagesIn: new Throughput(),
    messagesOut: new Throughput(),
    segments: new Throughput(),
  };
  let looks = 0;
  const look = () => {
    if (looks++ % 2 !== 0) return;
    const { audioIn, textIn, audioOut, textOut } = sessions.messages;
    const now = clock.now();
    throughput.messagesIn.tick(audioIn + textIn, now);
    throughput.messagesOut.tick(audioOut + textOut, now);
    throughput.segments.tick(sessions.metrics.segments.sum(), now);
  };
  return {
    sessions,
    engines: calls.observe,
    metrics: async () => ({ text: await exits.text(), contentType: exits.contentType }),
    stats: () => statsOf({ sessions, calls, lines: lines(), engines: names, process, throughput }),
    watch: (signal) => process.run(signal, look),
  };
}

const openness = { closed: 0, half_open: 0.5, open: 1 } as const;

function breakers(stage: string, engine: WatchedEngine): readonly Reading[] {
  return (engine.providers?.() ?? []).map(({ name, state }) => ({
    labels: { stage, provider: name },
    value: openness[state],
  }));
}
