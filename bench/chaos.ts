/**
 * `deno task chaos [--seed N] [--minutes M]`: lets simulated speakers talk to whole services on simulated engines with every kind of trouble, world after
 * world, until so many minutes of speech have passed; 10,000 by default. The same seed gives the same worlds. Prints what must not have been, with the
 * seed of the world that it was in and the shortest run of it that shows it, and ends with 1 if there was anything. Before that it prints what failures
 * cost: gaps in the translated speech, how soon the next provider is asked, what prewarming hides.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { profiles } from "../adapters/fake/profiles/mod.ts";
import { measureDrops, measureStalls } from "../tests/support/chaos/figures.ts";
import { runWorld, type WorldReport } from "../tests/support/chaos/world.ts";
import { prewarmingGain } from "../tests/support/first_clause.ts";
import { percentile } from "./percentile.ts";
import { machine } from "./profile.ts";
import { table } from "./table.ts";

/** How long the talks are in which the figures are measured, and how long a provider takes to open where prewarming is, in ms. */
const figureMinutes = 40;
const openMs = 300;
/** How long a world is, in minutes of speech: long enough for sessions to end and begin, short enough to be looked at. */
const worldMinutes = 20;
const printedLines = 200;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "10000" },
    help: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (values.help || !Number.isInteger(seed) || !(minutes > 0)) {
  console.log("Usage: deno task chaos [--seed N] [--minutes M]");
  Deno.exit(values.help ? 0 : 2);
}

/** The shortest run of a world, in powers of two, that still shows a violation. */
async function shrink(report: WorldReport): Promise<{ minutes: number; report: WorldReport }> {
  let smallest = { minutes: worldMinutes, report };
  for (let half = worldMinutes / 2; half >= 0.5; half /= 2) {
    const shorter = await runWorld({ seed: report.seed, minutes: half });
    if (shorter.violations.length === 0) break;
    smallest = { minutes: half, report: shorter };
  }
  return smallest;
}

/** What failures cost, by profile. Gaps, and times until the next is asked, are on the clock of the run, which nothing else takes time of. */
async function figures(): Promise<string> {
  const drops: (string | number)[][] = [];
  const stalls: (string | number)[][] = [];
  const violations: string[] = [];
  for (const profile of profiles.filter(({ name }) => name !== "instant")) {
    const options = { profile, seed, minutes: figureMinutes };
    for (const one of await measureDrops(options)) {
      violations.push(...one.violations);
      drops.push([
        profile.name,
        one.stage,
        String(one.drops),
        percentile(one.gapsMs, 0.5),
        percentile(one.gapsMs, 0.95),
        `${one.failed} of ${one.segments}`,
        `${(100 * one.wordErrorRate).toFixed(1)} / ${(100 * one.usualWordErrorRate).toFixed(1)} %`,
      ]);
    }
    for (const one of await measureStalls(options)) {
      violations.push(...one.violations);
      stalls.push([
        profile.name,
        one.stage,
        String(one.askedAfterMs.length),
        percentile(one.askedAfterMs, 0.5),
        percentile(one.askedAfterMs, 0.95),
        percentile(one.firstResultsMs, 0.95) + 50,
        String(one.failed),
      ]);
    }
  }
  if (violations.length > 0) throw new Error(`The figures do not hold: ${violations.join("; ")}`);
  const { warmCostMs, coldCostMs, hidden } = await prewarmingGain(openMs);
  return [
    `Connections lost in the middle of work, ${figureMinutes} minutes for each row, two providers for each stage`,
    table(
      ["profile", "stage", "drops", "gap ms p50", "gap ms p95", "failed", "word errors with / without"],
      drops,
    ),
    "target: gap p95 1200 ms, word errors unchanged",
    "",
    `Providers that give no first result, one answer in fifty, ${figureMinutes} minutes for each row`,
    table(
      [
        "profile",
        "stage",
        "stalls",
        "next asked after ms p50",
        "p95",
        "first result ms p95 + 50",
        "segments failed",
      ],
      stalls,
    ),
    "",
    `Providers that take ${openMs} ms to open cost the first clause ${coldCostMs.toFixed(0)} ms unwarmed, ${
      warmCostMs.toFixed(0)
    } ms prewarmed: ${(100 * hidden).toFixed(0)} % hidden (target 90 %)`,
  ].join("\n");
}

function heapMb(): number {
  collect?.();
  return Deno.memoryUsage().heapUsed / 2 ** 20;
}

/** How the heap grows, by the line of least squares. */
function slope(heaps: readonly { readonly minutes: number; readonly mb: number }[]): string {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(heaps.map(({ minutes }) => minutes)), mean(heaps.map(({ mb }) => mb))];
  const across = heaps.reduce((sum, { minutes }) => sum + (minutes - x) ** 2, 0);
  if (across === 0) return "too short for a slope";
  const along = heaps.reduce((sum, { minutes, mb }) => sum + (minutes - x) * (mb - y), 0);
  return `${(1000 * along / across).toFixed(2)} MB in 1,000 minutes`;
}

/** There with `--v8-flags=--expose-gc`. */
const { gc: collect } = globalThis as { readonly gc?: () => void };

console.log(`${machine()}\n\n${await figures()}\n\nchaos from seed ${seed}, ${minutes} minutes of speech`);
const startedMs = performance.now();
const totals = { minutes: 0, worlds: 0, sessions: 0, segments: 0, resumes: 0, garbage: 0 };
const outcomes = { spoken: 0, failed: 0, skipped: 0, cancelled: 0 };
/** With retries, breakers and second engines, and without. */
const failed = { resilient: { segments: 0, of: 0 }, plain: { segments: 0, of: 0 } };
const ends = new Map<string, number>();
const heaps: { readonly minutes: number; readonly mb: number }[] = [];
let failures = 0;
while (totals.minutes < minutes) {
  const report = await runWorld({ seed: seed + totals.worlds, minutes: worldMinutes });
  totals.worlds += 1;
  totals.minutes += report.minutes;
  totals.garbage += report.garbage.sockets;
  for (const session of report.sessions) {
    totals.sessions += 1;
    totals.segments += session.segments;
    totals.resumes += session.resumes;
    const shares = report.resilient ? failed.resilient : failed.plain;
    shares.segments += session.counts.failed;
    shares.of += Object.values(session.counts).reduce((sum, count) => sum + count);
    for (const outcome of Object.keys(outcomes) as (keyof typeof outcomes)[]) {
      outcomes[outcome] += session.counts[outcome];
    }
    ends.set(session.end, (ends.get(session.end) ?? 0) + 1);
  }
  if (report.violations.length > 0) {
    failures += 1;
    const { minutes, report: smallest } = await shrink(report);
    console.log(`\nThe world of seed ${report.seed} went wrong within ${minutes} minutes:`);
    for (const line of smallest.violations.slice(0, printedLines)) console.log(`  ${line}`);
  }
  if (totals.worlds % 10 === 0 || totals.minutes >= minutes) {
    heaps.push({ minutes: totals.minutes, mb: heapMb() });
    console.log(
      `${totals.minutes.toFixed(0)} min, ${totals.sessions} sessions, heap ${heaps.at(-1)!.mb.toFixed(1)} MB`,
    );
  }
}
console.log(
  [
    "",
    `${totals.minutes.toFixed(0)} minutes in ${((performance.now() - startedMs) / 1000).toFixed(0)} s: ` +
    `${totals.worlds} worlds, ${totals.sessions} sessions, ${totals.segments} segments, ${totals.resumes} resumes, ${totals.garbage} sockets with garbage or silence`,
    `segments in lanes: ${Object.entries(outcomes).map(([name, count]) => `${count} ${name}`).join(", ")}`,
    ...Object.entries(failed).map(([name, { segments, of }]) =>
      `failed with ${name} engines: ${(100 * segments / of).toFixed(2)} %`
    ),
    ...[...ends].toSorted((one, other) => other[1] - one[1]).map(([end, count]) => `${count} × ${end}`),
    `heap from ${heaps[0]!.mb.toFixed(1)} to ${heaps.at(-1)!.mb.toFixed(1)} MB, ${slope(heaps)}${
      collect ? "" : " (not collected)"
    }`,
    failures === 0 ? "nothing went wrong" : `${failures} worlds went wrong`,
  ].join("\n"),
);
Deno.exit(failures === 0 ? 0 : 1);
