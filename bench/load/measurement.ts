import { percentile } from "../percentile.ts";
import type { Crowd } from "./crowd.ts";
import type { LoadCounts } from "./load_session.ts";
import { coreShare, type ProcessReading, readProcess } from "./process_meter.ts";
import type { LoadedService } from "./service.ts";

/** The share of a core that capacity is stated at, the pace below which nothing counts, and the bound on the median time added, in ms. */
export const fullShare = 0.7;
const leastPace = 0.98;
const mostAddedMs = 100;
const warmUpMs = 6000;

/** What one measurement gave. */
export interface Measurement {
  readonly sessions: number;
  /** Of one core: the service, the load, the providers. */
  readonly share: number;
  readonly ownShare: number;
  readonly providersShare: number | undefined;
  readonly pace: number;
  readonly dropped: number;
  readonly faults: readonly string[];
  readonly residentBytes: number;
  readonly roundTripsMs: readonly number[];
  readonly ttfabMs: readonly number[];
  /** How much speech came back for each second. */
  readonly duty: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly spanMs: number;
}

/** The headings of {@linkcode row}. */
export const headings = [
  "sessions",
  "core %",
  "% per session",
  "µs CPU per message in",
  "load's own core %",
  "providers' core %",
  "pace %",
  "round trip p50 ms",
  "p99",
  "ttfab p50 ms",
  "p95",
  "speech out %",
  "messages out /s",
  "resident MB",
  "dropped",
  "faults",
];

/** A measurement as a line of a table. */
export function row(measured: Measurement): (string | number)[] {
  const { sessions, share, roundTripsMs, ttfabMs, providersShare, messagesIn, spanMs } = measured;
  return [
    String(sessions),
    (100 * share).toFixed(1),
    (100 * share / sessions).toFixed(3),
    (1000 * share * spanMs / messagesIn).toFixed(1),
    (100 * measured.ownShare).toFixed(1),
    providersShare === undefined ? "within" : (100 * providersShare).toFixed(1),
    (100 * measured.pace).toFixed(1),
    percentile(roundTripsMs, 0.5).toFixed(2),
    percentile(roundTripsMs, 0.99).toFixed(1),
    ttfabMs.length === 0 ? "–" : percentile(ttfabMs, 0.5).toFixed(0),
    ttfabMs.length === 0 ? "–" : percentile(ttfabMs, 0.95).toFixed(0),
    (100 * measured.duty).toFixed(0),
    measured.messagesOut.toFixed(0),
    (measured.residentBytes / 2 ** 20).toFixed(1),
    String(measured.dropped),
    String(measured.faults.length),
  ];
}

/** Lets a process of its own ask how long the service takes to answer, for so long; returns the round trips in ms. */
export async function probe(url: string, ms: number): Promise<number[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", new URL("probe.ts", import.meta.url).href, url, String(ms / 1000)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The probe failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Lets so many speakers speak, and measures for so long once they have warmed up. */
export async function measure(
  service: LoadedService,
  { crowd, counts }: { readonly crowd: Crowd; readonly counts: LoadCounts },
  sessions: number,
  ms: number,
): Promise<Measurement> {
  const faultsBefore = counts.faults.length;
  await crowd.growTo(sessions);
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const before = { ...counts };
  counts.ttfabMs.length = 0;
  crowd.pace();
  const pids = [service.pid, Deno.pid, ...service.providers === undefined ? [] : [service.providers]];
  const from = pids.map(readProcess);
  const roundTripsMs = await probe(service.url, ms);
  const to = pids.map(readProcess);
  const [share, ownShare, providersShare] = from.map((reading, index) => coreShare(reading, to[index]!));
  const spanMs = to[0]!.atMs - from[0]!.atMs;
  return {
    sessions,
    share: share!,
    ownShare: ownShare!,
    providersShare,
    pace: crowd.pace(),
    dropped: counts.dropped - before.dropped,
    faults: counts.faults.slice(faultsBefore),
    residentBytes: to[0]!.residentBytes,
    roundTripsMs,
    ttfabMs: counts.ttfabMs.filter((ms) => Number.isFinite(ms)),
    duty: (counts.speechMs - before.speechMs) / (spanMs * sessions),
    messagesIn: counts.sent - before.sent,
    messagesOut: (counts.audioMessages + counts.textMessages - before.audioMessages - before.textMessages) *
      1000 / spanMs,
    spanMs,
  };
}

/** Why a measurement is where it ends, or does not count. */
export function broken({ share, pace, dropped, faults, roundTripsMs }: Measurement): string | undefined {
  if (pace < leastPace) return `the pace fell to ${(100 * pace).toFixed(1)} %: the last line does not count`;
  if (dropped > 0) return `${dropped} messages found no room`;
  if (faults.length > 0) return `${faults.length} faults: ${[...new Set(faults)].join(", ")}`;
  if (percentile(roundTripsMs, 0.5) > mostAddedMs) return `the median round trip is above ${mostAddedMs} ms`;
  return share > fullShare ? `the core is ${(100 * share).toFixed(0)} % busy` : undefined;
}

/** How many sessions take the full share, by interpolation between the two measurements around it. */
export function capacity(measured: readonly Measurement[]): string {
  const counted = measured.filter(({ pace }) => pace >= leastPace);
  const above = counted.findIndex(({ share }) => share >= fullShare);
  if (above < 0) {
    const best = counted.at(-1);
    if (!best) return "nothing counted";
    const straight = Math.floor(best.sessions * fullShare / best.share);
    return `a core carries more than ${best.sessions} sessions: they took ${
      (100 * best.share).toFixed(0)
    } %; at the same cost for each, ${fullShare * 100} % would be ${straight}`;
  }
  const high = counted[above]!;
  const low = counted[above - 1] ?? { sessions: 0, share: 0 };
  const sessions = low.sessions +
    (high.sessions - low.sessions) * (fullShare - low.share) / (high.share - low.share);
  return `a core carries ${Math.floor(sessions)} sessions at ${100 * fullShare} %`;
}

/** What a session holds: all that came with the sessions, and, without what any first session warms up, what the last ones added. */
export function memoryPerSession(idle: ProcessReading, measured: readonly Measurement[]): string {
  const [first, last] = [measured[0]!, measured.at(-1)!];
  const perSession = (bytes: number, sessions: number) => `${(bytes / 2 ** 20 / sessions).toFixed(2)} MB`;
  const all = perSession(last.residentBytes - idle.residentBytes, last.sessions);
  const added = last === first
    ? ""
    : `, ${
      perSession(last.residentBytes - first.residentBytes, last.sessions - first.sessions)
    } from ${first.sessions} on`;
  return `memory per session: ${all}${added}`;
}
