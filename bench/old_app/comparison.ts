import type { Trouble } from "../../adapters/fake/trouble.ts";
import type { Span } from "../chart/timeline_chart.ts";
import { systemClock } from "../../flow/clock.ts";
import { startChild } from "../child_server.ts";
import { countingProxy } from "../counting_proxy.ts";
import { type ProcessReading, readProcess } from "../load/process_meter.ts";
import { percentile } from "../percentile.ts";
import type { Report } from "../report.ts";
import { type Heard, speakLive, speakWhole } from "./speaker.ts";
import { type SpokenMessage, spokenMessage } from "./speech.ts";

type App = "sequential" | "optimised" | "parley";
const apps: readonly App[] = ["sequential", "optimised", "parley"];
const titles: Readonly<Record<App, string>> = {
  sequential: "old app",
  optimised: "old app, optimised",
  parley: "Parley",
};
const speakers = 4;
const seed = 1;
const faultySpeakers = 100;
const apartMs = 100;
const trouble: Trouble = {
  stt: { dropsPerMinute: 0.3 },
  mt: { refused: 0.02, dropped: 0.02, stalled: 0.01, stallMs: 5000 },
  tts: { refused: 0.02, dropped: 0.02, stalled: 0.01, stallMs: 5000 },
};

/** What one app did with messages of one length. */
interface Run {
  readonly app: App;
  readonly heard: readonly Heard[];
  readonly upBytes: number;
  readonly downBytes: number;
  readonly cpuMs: number;
  /** The most that the process held above what it held before. */
  readonly memoryBytes: number;
  readonly connections: number;
}

/** The app that Parley replaces against Parley, at the same provider speeds and on the same speech. */
export async function oldAgainstNew(signal: AbortSignal): Promise<Report> {
  const lengths = [10, 60];
  const messages = lengths.map((seconds) => spokenMessage(seconds, seed));
  const runs = await Promise.all(
    messages.map((message) => Promise.all(apps.map((app) => run(app, message, speakers, {}, signal)))),
  );
  const faulty: Run[] = [];
  for (const app of apps) faulty.push(await run(app, messages[0]!, faultySpeakers, trouble, signal));
  return {
    profile:
      "The old app as its report describes it (base64 JSON, one whole message in, one out, stage after stage, new connections for each message), its proposed " +
      "handler (kept connections, messages side by side, native base64; still whole messages), and Parley (60 ms binary messages while the speaker speaks); simulated " +
      "providers at the old app's midpoints in each server's process: STT 0.35 s a second of speech, MT 60 ms a word, TTS 0.3 s a second of audio, able to stream; " +
      `150 words a minute in clauses, seed ${seed}; ${speakers} speakers at once, medians; everything on loopback`,
    tables: [
      ...lengths.map((seconds, index) => timesTable(seconds, messages[index]!, runs[index]!)),
      faultsTable(messages[0]!, faulty),
    ],
    notes: notes(messages[0]!, runs[0]!),
    timeline: timeline(messages[0]!, runs[0]!),
  };
}

async function run(
  app: App,
  message: SpokenMessage,
  count: number,
  trouble: Trouble,
  signal: AbortSignal,
): Promise<Run> {
  await using server = await startChild(new URL("server.ts", import.meta.url), [
    app,
    JSON.stringify(trouble),
  ]);
  const { hostname, port } = new URL(server.url);
  await using proxy = countingProxy({ hostname, port: Number(port) });
  const url = `ws://127.0.0.1:${proxy.port}`;
  const before = readProcess(server.pid);
  let most: ProcessReading = before;
  const watching = setInterval(() => {
    const now = readProcess(server.pid);
    if (now.residentBytes > most.residentBytes) most = now;
  }, 100);
  const speak = app === "parley" ? speakLive : speakWhole;
  const heard = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      if (count > speakers) await systemClock.sleep(index * apartMs, signal);
      return await speak(url, message, signal).catch((): Heard => nothingHeard);
    }),
  );
  clearInterval(watching);
  const after = readProcess(server.pid);
  const { connections } = await server.stop() as { connections: number };
  return {
    app,
    heard,
    upBytes: proxy.counted.up / count,
    downBytes: proxy.counted.down / count,
    cpuMs: (after.cpuMs - before.cpuMs) / count,
    memoryBytes: (most.residentBytes - before.residentBytes) / count,
    connections: connections / count,
  };
}

const nothingHeard: Heard = { pieces: [], lastClauseMs: undefined, lost: 1, segments: 1 };

/** Medians, in seconds; times after the end of the speech are negative when they come before it. */
function times(message: SpokenMessage, { heard }: Run) {
  const endMs = message.clauses.at(-1)!.endMs;
  const seconds = (pick: (one: Heard) => number) => percentile(heard.map(pick), 0.5) / 1000;
  return {
    first: seconds(({ pieces }) => pieces[0]?.atMs ?? NaN),
    afterEnd: seconds(({ lastClauseMs }) => (lastClauseMs ?? NaN) - endMs),
    last: seconds(({ pieces }) => (pieces.at(-1)?.atMs ?? NaN) - endMs),
    heardOut: seconds(({ pieces }) => (playout(pieces).at(-1)?.toMs ?? NaN) - endMs),
  };
}

function timesTable(seconds: number, message: SpokenMessage, runs: readonly Run[]): Report["tables"][number] {
  return {
    title: `A message of ${seconds} s, ${message.words} words`,
    headings: [
      "",
      "first audio, s after the speech began",
      "last clause's first audio, s after its end",
      "last audio, s after the end",
      "heard out, s after the end",
      "kB up",
      "kB down",
      "CPU ms",
      "memory MB",
      "connections to providers",
    ],
    rows: runs.map((run) => {
      const { first, afterEnd, last, heardOut } = times(message, run);
      return [
        titles[run.app],
        first.toFixed(2),
        afterEnd.toFixed(2),
        last.toFixed(2),
        heardOut.toFixed(2),
        run.upBytes / 1000,
        run.downBytes / 1000,
        run.cpuMs,
        run.memoryBytes / 2 ** 20,
        run.connections,
      ];
    }),
  };
}

function faultsTable(message: SpokenMessage, runs: readonly Run[]): Report["tables"][number] {
  return {
    title:
      `The same message from ${faultySpeakers} speakers, one every ${apartMs} ms, while 2 % of the requests to MT and to TTS each are refused, 2 % lose their connection and 1 % stall, ` +
      "and STT loses 0.3 connections a minute",
    headings: [
      "",
      "messages not answered in full",
      "speech lost",
      "last clause's first audio, s after its end, p50",
      "p95",
    ],
    rows: runs.map(({ app, heard }) => {
      const hurt = heard.filter(({ lost }) => lost > 0).length / heard.length;
      const lost = heard.reduce((sum, { lost, segments }) => sum + lost / segments, 0) / heard.length;
      const endMs = message.clauses.at(-1)!.endMs;
      const waits = heard.flatMap(({ lastClauseMs }) =>
        lastClauseMs === undefined ? [] : [(lastClauseMs - endMs) / 1000]
      );
      return [
        titles[app],
        `${(100 * hurt).toFixed(1)} %`,
        `${(100 * lost).toFixed(1)} %`,
        percentile(waits, 0.5).toFixed(2),
        percentile(waits, 0.95).toFixed(2),
      ];
    }),
  };
}

function notes(message: SpokenMessage, runs: readonly Run[]): string[] {
  const parley = times(message, runs.find(({ app }) => app === "parley")!);
  const endS = message.clauses.at(-1)!.endMs / 1000;
  return [
    `target: first audio of the last clause at most 1.0 s after the end of speech (stretch 0.7), and first audio before it: ${
      parley.afterEnd <= 1 && parley.first < endS ? "met" : "missed"
    }`,
    "memory is what the process held at most beyond what it held before, divided by the speakers; a small run of a fresh process, with its warming up",
  ];
}

function playout(pieces: Heard["pieces"]): { fromMs: number; toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const { atMs, audioMs } of pieces) {
    const last = spans.at(-1);
    const fromMs = Math.max(atMs, last?.toMs ?? 0);
    if (last && fromMs - last.toMs < 60) last.toMs = fromMs + audioMs;
    else spans.push({ fromMs, toMs: fromMs + audioMs });
  }
  return spans;
}

function timeline(message: SpokenMessage, runs: readonly Run[]): NonNullable<Report["timeline"]> {
  const endMs = message.clauses.at(-1)!.endMs;
  const tones = { sequential: "other", optimised: "third", parley: "ours" } as const;
  const speech = message.clauses.map(({ startMs, endMs }): Span => ({
    fromMs: startMs,
    toMs: endMs,
    tone: "quiet",
    about: `a clause, ${startMs / 1000} to ${endMs / 1000} s`,
  }));
  return {
    title: "When the translation is heard: one message of ten seconds",
    moments: [{ atMs: endMs, label: "the speaker has finished" }],
    rows: [
      { label: "speaker", spans: speech },
      ...runs.map((run) => ({
        label: titles[run.app],
        spans: playout(run.heard[0]!.pieces).map(({ fromMs, toMs }): Span => ({
          fromMs,
          toMs,
          tone: tones[run.app],
          about: `translated speech, ${(fromMs / 1000).toFixed(2)} to ${(toMs / 1000).toFixed(2)} s`,
        })),
        remark: `last clause heard from ${times(message, run).afterEnd.toFixed(2)} s after its end`,
      })),
    ],
  };
}
