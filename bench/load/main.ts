/**
 * `deno task load`: speakers at real pace against the service on simulated engines, each in a process of its own. With `--sessions N` it measures so
 * many; without, it steps up until a bound breaks and says how many sessions a core carries at 70 %. `--soak` lets speakers come and go and watches the
 * memory. A measurement at less than 98 % of the pace does not count, and says so.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { percentile } from "../percentile.ts";
import { machine } from "../profile.ts";
import { table } from "../table.ts";
import { Crowd } from "./crowd.ts";
import { noCounts } from "./load_session.ts";
import { coreShare, type ProcessReading, readProcess } from "./process_meter.ts";
import { type LoadedService, startService } from "./service.ts";
import { lecture, speechMessages } from "./speech.ts";

const rate = 16_000;
/** The share of a core that capacity is stated at, the pace below which nothing counts, and the bound on the median time added, in ms. */
const fullShare = 0.7;
const leastPace = 0.98;
const mostAddedMs = 100;
const warmUpMs = 6000;
const soakSampleMs = 10_000;
const soakLifeMs = 60_000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    sessions: { type: "string" },
    step: { type: "string", default: "50" },
    minutes: { type: "string", default: "0.5" },
    profile: { type: "string", default: "published" },
    "message-ms": { type: "string", default: "60" },
    soak: { type: "boolean", default: false },
    "cpu-profile": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const messageMs = Number(values["message-ms"]);
const measureMs = 60_000 * Number(values.minutes);
if (values.help || !(messageMs > 0) || !(measureMs > 0)) {
  console.log(
    "Usage: deno task load [--sessions N | --step N] [--minutes M] [--profile NAME] [--message-ms 60] [--soak] [--cpu-profile FOLDER]",
  );
  Deno.exit(values.help ? 0 : 2);
}

/** What one measurement gave. */
interface Measurement {
  readonly sessions: number;
  readonly share: number;
  readonly ownShare: number;
  readonly pace: number;
  readonly dropped: number;
  readonly faults: number;
  readonly residentBytes: number;
  readonly roundTripsMs: readonly number[];
  readonly ttfabMs: readonly number[];
  readonly duty: number;
  readonly messagesOut: number;
}

const headings = [
  "sessions",
  "core %",
  "per session %",
  "load's own core %",
  "pace %",
  "round trip p50",
  "p99 ms",
  "ttfab p50",
  "p95 ms",
  "speech out %",
  "messages out /s",
  "resident MB",
  "dropped",
  "faults",
];

function row(measured: Measurement): (string | number)[] {
  const { sessions, share, roundTripsMs, ttfabMs } = measured;
  return [
    String(sessions),
    100 * share,
    (100 * share / sessions).toFixed(3),
    100 * measured.ownShare,
    100 * measured.pace,
    percentile(roundTripsMs, 0.5).toFixed(2),
    percentile(roundTripsMs, 0.99),
    percentile(ttfabMs, 0.5),
    percentile(ttfabMs, 0.95),
    100 * measured.duty,
    measured.messagesOut,
    measured.residentBytes / 2 ** 20,
    String(measured.dropped),
    String(measured.faults),
  ];
}

async function probe(url: string, ms: number): Promise<number[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", new URL("probe.ts", import.meta.url).href, url, String(ms / 1000)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The probe failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const counts = noCounts();

async function measure(service: LoadedService, crowd: Crowd, sessions: number): Promise<Measurement> {
  await crowd.growTo(sessions);
  await sleep(warmUpMs);
  const before = { ...counts, faults: counts.faults.length };
  counts.ttfabMs.length = 0;
  crowd.pace();
  const [from, ownFrom] = [readProcess(service.pid), readProcess(Deno.pid)];
  const roundTripsMs = await probe(service.url, measureMs);
  const [to, ownTo] = [readProcess(service.pid), readProcess(Deno.pid)];
  const spanMs = to.atMs - from.atMs;
  return {
    sessions,
    share: coreShare(from, to),
    ownShare: coreShare(ownFrom, ownTo),
    pace: crowd.pace(),
    dropped: counts.dropped - before.dropped,
    faults: counts.faults.length - before.faults,
    residentBytes: to.residentBytes,
    roundTripsMs,
    ttfabMs: counts.ttfabMs.filter((ms) => Number.isFinite(ms)),
    duty: (counts.speechMs - before.speechMs) / (spanMs * sessions),
    messagesOut: (counts.audioMessages + counts.textMessages - before.audioMessages - before.textMessages) *
      1000 / spanMs,
  };
}

/** Why a measurement is where it ends, or does not count. */
function broken({ share, pace, dropped, faults, roundTripsMs }: Measurement): string | undefined {
  if (pace < leastPace) return `the pace fell to ${(100 * pace).toFixed(1)} %: this one does not count`;
  if (dropped > 0) return `${dropped} messages found no room`;
  if (faults > 0) return `${faults} faults: ${[...new Set(counts.faults)].join(", ")}`;
  if (percentile(roundTripsMs, 0.5) > mostAddedMs) return `the median round trip is above ${mostAddedMs} ms`;
  return share > fullShare ? `the core is ${(100 * share).toFixed(0)} % busy` : undefined;
}

/** How many sessions take the full share, by interpolation between the two measurements around it. */
function capacity(measured: readonly Measurement[]): string {
  const counted = measured.filter(({ pace }) => pace >= leastPace);
  const above = counted.findIndex(({ share }) => share >= fullShare);
  if (above < 0) {
    const best = counted.at(-1);
    return best
      ? `a core carries more than ${best.sessions} sessions: they took ${(100 * best.share).toFixed(0)} %`
      : "nothing counted";
  }
  const high = counted[above]!;
  const low = counted[above - 1] ?? { sessions: 0, share: 0 };
  const sessions = low.sessions +
    (high.sessions - low.sessions) * (fullShare - low.share) / (high.share - low.share);
  return `a core carries ${Math.floor(sessions)} sessions at ${100 * fullShare} %`;
}

/** What a session holds: all that came with the sessions, and, without what any first session warms up, what the last ones added. */
function memoryPerSession(idle: ProcessReading, measured: readonly Measurement[]): string {
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

/** The median slope between all pairs (Theil and Sen), in MB an hour. */
function slope(samples: readonly ProcessReading[]): number {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) =>
      (other.residentBytes - one.residentBytes) / 2 ** 20 / ((other.atMs - one.atMs) / 3_600_000)
    )
  );
  return percentile(slopes, 0.5);
}

async function soak(service: LoadedService, crowd: Crowd, sessions: number): Promise<void> {
  const idle = readProcess(service.pid);
  await crowd.growTo(sessions);
  const samples: ProcessReading[] = [];
  const endMs = performance.now() + measureMs;
  let owed = 0;
  while (performance.now() < endMs) {
    await sleep(soakSampleMs);
    owed += sessions * soakSampleMs / soakLifeMs;
    await crowd.replace(Math.floor(owed));
    owed %= 1;
    samples.push(readProcess(service.pid));
    const { residentBytes, files } = samples.at(-1)!;
    console.log(
      `${((performance.now() - endMs + measureMs) / 60_000).toFixed(1)} min: ${
        (residentBytes / 2 ** 20).toFixed(1)
      } MB, ${files} files`,
    );
  }
  await crowd.leave();
  await sleep(5000);
  const left = readProcess(service.pid);
  // The first third warms up.
  const steady = samples.slice(Math.floor(samples.length / 3));
  const level = percentile(steady.map(({ residentBytes }) => residentBytes / 2 ** 20), 0.5);
  console.log(
    [
      `resident: ${level.toFixed(1)} MB, slope ${slope(steady).toFixed(1)} MB an hour (${
        (100 * slope(steady) / level).toFixed(1)
      } %)`,
      `files: ${idle.files} before, ${left.files} after everybody left`,
      `pace ${(100 * crowd.pace()).toFixed(1)} %, ${counts.dropped} dropped, ${counts.faults.length} faults`,
    ].join("\n"),
  );
}

console.log(
  [
    machine(),
    `profile: simulated engines (${values.profile}), ${messageMs} ms messages of PCM at 16 kHz, one target, 24 kHz back in pieces of 100 ms, ` +
    `speech ${lecture.soundMs} ms on and ${lecture.silenceMs} ms off, captions on; load, service and probe in processes of their own on loopback; ` +
    "the simulated engines run inside the service and are counted with it",
  ].join("\n"),
);
const flags = values["cpu-profile"] === undefined
  ? []
  : ["--cpu-prof", `--cpu-prof-dir=${values["cpu-profile"]}`];
{
  await using service = await startService(values.profile, flags);
  const messages = speechMessages(lecture, rate, messageMs);
  const crowd = new Crowd({ url: service.url, rate, messages, counts }, messageMs);
  if (values.soak) {
    await soak(service, crowd, Number(values.sessions ?? 50));
  } else {
    const idleMs = await probe(service.url, 3000);
    const idle = readProcess(service.pid);
    console.log(
      `idle: round trip p50 ${percentile(idleMs, 0.5).toFixed(2)}, p99 ${
        percentile(idleMs, 0.99).toFixed(2)
      } ms, ` +
        `resident ${(idle.residentBytes / 2 ** 20).toFixed(1)} MB`,
    );
    const measured: Measurement[] = [];
    let end: string | undefined;
    const step = Number(values.step);
    for (let sessions = Number(values.sessions ?? step); end === undefined; sessions += step) {
      measured.push(await measure(service, crowd, sessions));
      console.log(
        row(measured.at(-1)!).map((cell) => typeof cell === "number" ? cell.toFixed(1) : cell).join("  "),
      );
      end = broken(measured.at(-1)!) ?? (values.sessions === undefined ? undefined : "as asked");
    }
    const last = measured.at(-1)!;
    console.log(
      [
        "",
        table(headings, measured.map(row)),
        `ended: ${end}`,
        capacity(measured),
        memoryPerSession(idle, measured),
        `added per message: p50 ${
          (percentile(last.roundTripsMs, 0.5) - percentile(idleMs, 0.5)).toFixed(2)
        }, ` +
        `p99 ${(percentile(last.roundTripsMs, 0.99) - percentile(idleMs, 0.99)).toFixed(2)} ms at ${
          (100 * last.share).toFixed(0)
        } % of a core`,
      ].join("\n"),
    );
    await crowd.leave();
  }
}
Deno.exit(counts.faults.length === 0 ? 0 : 1);
