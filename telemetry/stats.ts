import type { EngineCalls } from "./engine_calls.ts";
import type { Recorder } from "./exits.ts";
import { Distribution, type Summary } from "./distribution.ts";
import type { ProcessWatch } from "./process_watch.ts";
import type { ProviderConnections } from "../pipeline/ports.ts";
import type { EngineNames } from "./spans.ts";
import type { Throughput } from "./throughput.ts";
import type { WatchedSessions } from "./watched_sessions.ts";

/** What stats are made of. */
export interface StatsParts {
  readonly sessions: WatchedSessions;
  readonly calls: EngineCalls;
  /** How the connections to providers are used just now. */
  readonly lines: readonly (ProviderConnections & { readonly stage: string })[];
  readonly engines: EngineNames;
  readonly process: ProcessWatch;
  readonly throughput: Readonly<Record<"messagesIn" | "messagesOut" | "segments", Throughput>>;
}

/** The service in one look, for `GET /v1/stats`; all since it started, times in ms. */
export type Stats = ReturnType<typeof statsOf>;

/** Sums the metrics up. Percentiles are of the last 1,024 values of each series. */
export function statsOf({ sessions, calls, lines, engines, process, throughput }: StatsParts) {
  const { metrics } = sessions;
  const spoken = metrics.laneSegments.sum({ outcome: "spoken" });
  const failed = metrics.laneSegments.sum({ outcome: "failed" });
  const captions = (caption: string) =>
    share(metrics.erasedWords.sum({ caption }), metrics.captionWords.sum({ caption }));
  const stage = (name: "stt" | "mt" | "tts") => {
    const times = summaryMs(metrics.stage, { stage: name, provider: engines[name] });
    const given = metrics.failures.sum({ stage: name });
    const failures: Record<string, number> = {};
    for (const { labels, value } of metrics.failures) {
      if (labels["stage"] === name) failures[labels["kind"]!] = value;
    }
    return { engine: engines[name], ms: times, failures, failureRate: share(given, given + times.count) };
  };
  return {
    uptimeMs: Math.round(process.uptimeMs),
    sessions: {
      live: sessions.live,
      peak: sessions.peak,
      started: metrics.started.sum(),
      ended: metrics.ended.by("code"),
      refused: metrics.refused.by("kind"),
      resumed: metrics.resumed.sum(),
    },
    segments: {
      cut: metrics.segments.sum(),
      waiting: sessions.segmentsWaiting,
      ...outcomes(metrics.laneSegments.by("outcome")),
      failureRate: share(failed, failed + spoken),
      ...rates(throughput.segments),
    },
    messages: {
      ...sessions.messages,
      in: rates(throughput.messagesIn),
      out: rates(throughput.messagesOut),
    },
    audioMs: { source: Math.round(sessions.sourceMs), spoken: Math.round(1000 * metrics.spokenAudio.sum()) },
    latencyMs: {
      ttfab: summaryMs(metrics.ttfab),
      response: summaryMs(metrics.response),
      lag: summaryMs(metrics.lag),
    },
    stages: {
      stt: stage("stt"),
      mt: stage("mt"),
      tts: stage("tts"),
      queue: { ms: summaryMs(metrics.stage, { stage: "queue", provider: "" }) },
    },
    connections: lines.map(({ stage, name: provider, ...counts }) => {
      const acquired = (result: string) => calls.acquired.sum({ stage, provider, result });
      const reused = acquired("reused");
      return {
        stage,
        provider,
        ...counts,
        acquireMs: summaryMs(calls.acquires, { stage, provider }),
        reusedShare: share(reused, reused + acquired("opened")),
      };
    }),
    cost: {
      total: calls.cost.sum(),
      perSessionMinute: costPerMinute(calls, sessions),
      byProvider: calls.cost.by("provider"),
    },
    guesses: { right: 0, wrong: 0, ...metrics.guesses.by("outcome") },
    captions: { sourceErasure: captions("source"), translatedErasure: captions("translated") },
    process: {
      cpuSeconds: process.use.cpuSeconds(),
      ...process.use.memory(),
      eventLoopLagMs: summaryMs(process.loopLag),
    },
  };
}

/** What a minute of source audio has cost, in the currency of the price table. */
export function costPerMinute(calls: EngineCalls, sessions: WatchedSessions): number {
  return share(calls.cost.sum(), sessions.sourceMs / 60_000);
}

function outcomes(counted: Readonly<Record<string, number>>) {
  return { spoken: 0, failed: 0, muted: 0, empty: 0, ...counted };
}

function rates({ perSecond, peakPerSecond }: Throughput) {
  return { perSecond: tenth(perSecond), peakPerSecond: tenth(peakPerSecond) };
}

/** One summary of the series whose labels are these, in ms; of all series when there are none. */
function summaryMs(recorder: Recorder, labels: Readonly<Record<string, string>> = {}): Summary {
  const parts: Distribution[] = [];
  for (const series of recorder.distributions) {
    if (Object.entries(labels).every(([name, text]) => series.labels[name] === text)) {
      parts.push(series.distribution);
    }
  }
  const { count, ...rest } = Distribution.summaryOf(parts);
  const ms = (seconds: number) => Math.round(seconds * 1e6) / 1000;
  return {
    count,
    mean: ms(rest.mean),
    p50: ms(rest.p50),
    p95: ms(rest.p95),
    p99: ms(rest.p99),
    max: ms(rest.max),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
