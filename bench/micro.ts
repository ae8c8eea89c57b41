import type { Report } from "./report.ts";

/** What `deno bench --json` tells of one benchmark; times in ns. */
interface MicroResult {
  readonly group: string | null;
  readonly name: string;
  readonly results: readonly [{ readonly ok?: MicroTimes }];
}

interface MicroTimes {
  readonly n: number;
  readonly min: number;
  readonly avg: number;
  readonly p75: number;
  readonly p99: number;
}

/** The benchmarks in `bench/micro/`, each by itself. */
export async function microTimes(signal: AbortSignal): Promise<Report> {
  const folder = new URL("micro/", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bench", "--allow-all", "--json", folder],
    signal,
  }).output();
  if (!success) throw new Error(`Cannot run bench/micro: ${new TextDecoder().decode(stderr).trim()}`);
  const { benches } = JSON.parse(new TextDecoder().decode(stdout)) as { benches: readonly MicroResult[] };
  const timed = benches.map(({ group, name, results: [{ ok }] }) => {
    if (!ok) throw new Error(`Cannot measure ${name}: it failed`);
    return { group: group ?? "others", name, ...ok };
  });
  const groups = Map.groupBy(timed, ({ group }) => group);
  return {
    profile: "one piece of code at a time, over and over in a process of its own, until its mean is steady",
    tables: [{
      headings: ["", "fastest µs", "mean µs", "p75 µs", "p99 µs", "runs"],
      rows: timed.map((
        { name, min, avg, p75, p99, n },
      ) => [name, ...[min, avg, p75, p99].map(micros), n.toFixed(0)]),
    }],
    bars: {
      title: "Microbenchmarks: mean of a run",
      groups: [...groups].map(([heading, times]) => ({
        heading,
        bars: times.map(({ name, avg }) => ({
          label: name,
          value: avg,
          shown: `${micros(avg).toFixed(1)} µs`,
          tone: "ours",
        })),
      })),
    },
  };
}

function micros(ns: number): number {
  return ns / 1000;
}
