import { percentile } from "../percentile.ts";
import type { Report } from "../report.ts";
import type { Crowd } from "./crowd.ts";
import type { LoadCounts } from "./load_session.ts";
import { coreShare, type ProcessReading, readProcess } from "./process_meter.ts";
import type { LoadedService } from "./service.ts";

const sampleMs = 10_000;
/** How long a speaker stays. */
const lifeMs = 60_000;
const restMs = 5000;

/** Lets speakers come and go for so long and watches what the process holds, then and after everybody has left. */
export async function soak(
  service: LoadedService,
  { crowd, counts }: { readonly crowd: Crowd; readonly counts: LoadCounts },
  sessions: number,
  ms: number,
): Promise<Pick<Report, "tables" | "notes">> {
  const idle = await rest(service.pid);
  await crowd.growTo(sessions);
  const samples: ProcessReading[] = [];
  const endMs = performance.now() + ms;
  let owed = 0;
  let met = sessions;
  while (performance.now() < endMs) {
    await sleep(sampleMs);
    owed += sessions * sampleMs / lifeMs;
    await crowd.replace(Math.floor(owed));
    met += Math.floor(owed);
    owed %= 1;
    const sample = readProcess(service.pid);
    samples.push(sample);
    console.log(
      `${((performance.now() - endMs + ms) / 60_000).toFixed(1)} min: ${
        (sample.residentBytes / 2 ** 20).toFixed(1)
      } MB, ${sample.sockets} sockets`,
    );
  }
  const pace = crowd.pace();
  await crowd.leave();
  await sleep(restMs);
  const left = await rest(service.pid);
  // The first third warms up.
  const fromMs = endMs - ms * 2 / 3;
  const resident = samples.map(({ atMs, residentBytes }) => ({ atMs, mb: residentBytes / 2 ** 20 }));
  const live = service.collections.map(({ atMs, liveMb }) => ({ atMs, mb: liveMb }));
  return {
    tables: [{
      headings: ["", "before", "after everybody left"],
      rows: [
        ["resident MB", idle.now.residentBytes / 2 ** 20, left.now.residentBytes / 2 ** 20],
        ["open files", idle.now.files.toFixed(0), left.now.files.toFixed(0)],
        ["sockets", idle.now.sockets.toFixed(0), left.now.sockets.toFixed(0)],
        ["wake-ups a second (timers)", idle.wakeUps, left.wakeUps],
        ["core %", 100 * idle.share, 100 * left.share],
      ],
    }],
    notes: [
      `${met} sessions of ${
        lifeMs / 1000
      } s, ${sessions} at a time; slopes over the last two thirds, target at most 1 % an hour`,
      trend("alive after each full collection of the heap", live.filter(({ atMs }) => atMs >= fromMs)),
      trend("resident", resident.filter(({ atMs }) => atMs >= fromMs)),
      "connections to providers that are kept for the next session are among the sockets; with --providers inside there are none",
      `pace ${(100 * pace).toFixed(1)} %, ${counts.dropped} dropped, ${counts.faults.length} faults`,
    ],
  };
}

/** What an idle process does in a while. */
async function rest(pid: number): Promise<{ now: ProcessReading; wakeUps: number; share: number }> {
  const from = readProcess(pid);
  await sleep(restMs);
  const now = readProcess(pid);
  return { now, wakeUps: (now.wakeUps - from.wakeUps) * 1000 / restMs, share: coreShare(from, now) };
}

/** How much memory something takes at a moment. */
interface Memory {
  readonly atMs: number;
  readonly mb: number;
}

/** Says where it lies and where it goes. */
function trend(what: string, samples: readonly Memory[]): string {
  if (samples.length < 2) return `${what}: ${samples.length} samples, too few to tell`;
  const level = percentile(samples.map(({ mb }) => mb), 0.5);
  const perHour = slope(samples);
  return `${what}: ${level.toFixed(1)} MB (median of ${samples.length}), slope ${
    perHour.toFixed(2)
  } MB an hour, ${(100 * perHour / level).toFixed(1)} %`;
}

/** The median slope between all pairs (Theil and Sen), in MB an hour. */
function slope(samples: readonly Memory[]): number {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) => (other.mb - one.mb) / ((other.atMs - one.atMs) / 3_600_000))
  );
  return percentile(slopes, 0.5);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
