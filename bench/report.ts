import { type BarChart, barChart } from "./chart/bar_chart.ts";
import { type TimelineChart, timelineChart } from "./chart/timeline_chart.ts";
import { machine } from "./profile.ts";
import { table } from "./table.ts";

/** Figures under their headings. */
export interface ReportTable {
  readonly title?: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a benchmark found. */
export interface Report {
  /** What was measured how: all that a figure depends on, but the machine. */
  readonly profile: string;
  readonly tables: readonly ReportTable[];
  /** What gives it again; `deno task bench NAME` when absent. */
  readonly command?: string;
  /** Targets and what was missed. */
  readonly notes?: readonly string[];
  readonly bars?: Omit<BarChart, "notes">;
  readonly timeline?: Omit<TimelineChart, "notes">;
}

const folder = new URL("results/", import.meta.url);

/** The report as it is read on a terminal. */
export function reportText({ profile, tables, notes = [] }: Report): string {
  return [
    profile,
    ...tables.flatMap((
      { title, headings, rows },
    ) => ["", ...title === undefined ? [] : [title], table(headings, rows)]),
    ...notes.length === 0 ? [] : ["", ...notes],
  ].join("\n");
}

/** Keeps a report in `bench/results/`, as JSON and, where it has something to draw, as SVG; both name the profile, the machine and the day. Returns the files. */
export async function keepReport(name: string, report: Report): Promise<string[]> {
  const { profile, tables, notes = [], bars, timeline, command = `deno task bench ${name}` } = report;
  const measured = { machine: machine(), date: new Date().toISOString().slice(0, 10) };
  const about = [profile, `${measured.machine}, ${measured.date}; ${command}`];
  await Deno.mkdir(folder, { recursive: true });
  const json = { name, command, ...measured, profile, notes, tables };
  const files = [[`${name}.json`, `${JSON.stringify(json, undefined, 2)}\n`]];
  if (bars) files.push([`${name}.svg`, barChart({ ...bars, notes: about })]);
  if (timeline) {
    files.push([`${name}${bars ? "-timeline" : ""}.svg`, timelineChart({ ...timeline, notes: about })]);
  }
  for (const [file, text] of files) await Deno.writeTextFile(new URL(file!, folder), text!);
  await formatFiles(files.map(([file]) => new URL(file!, folder)));
  return files.map(([file]) => `bench/results/${file}`);
}

/** Keeps a picture in `bench/results/`. Returns its file. */
export async function keepPicture(name: string, svg: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const file = new URL(`${name}.svg`, folder);
  await Deno.writeTextFile(file, svg);
  await formatFiles([file]);
  return `bench/results/${name}.svg`;
}

/** The results are kept with the code, and look as the formatter wants them. */
async function formatFiles(files: readonly URL[]): Promise<void> {
  const args = ["fmt", "--quiet", ...files.map(({ pathname }) => pathname)];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, stdout: "null" }).output();
  if (!success) throw new Error(`Cannot format the results: ${new TextDecoder().decode(stderr).trim()}`);
}
