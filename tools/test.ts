/**
 * Runs every check and test of the project, or with `--quick` those that take no engine and no socket, and counts: the last line is
 * `N passed, N failed`, where a step (format, lint, types…) counts like a test case. Ends with 1 when anything failed.
 *
 * @module
 */
import { addCounts, describeCounts } from "./junit.ts";
import { type Outcome, runStep, type Step } from "./step.ts";

const minute = 60_000;

/** Leak checks are off by default since Deno 2.8; types are checked by a step of their own. */
const testFlags = ["--allow-all", "--no-check", "--sanitize-ops", "--sanitize-resources"];

/** What every step but the slow tests does: nothing outside the process, two at a time where they are tests. */
const quickSteps: readonly Step[] = [
  { name: "format", args: ["fmt", "--check"], tests: false, limitMs: 2 * minute },
  { name: "lint", args: ["lint"], tests: false, limitMs: 2 * minute },
  { name: "types", args: ["check", "."], tests: false, limitMs: 3 * minute },
  {
    name: "examples in docs",
    args: ["test", "--doc", "--allow-all", "--reporter=dot", ...foldersOfCode()],
    tests: false,
    limitMs: 3 * minute,
  },
  {
    name: "unit tests",
    args: ["test", ...testFlags, "--parallel", "tests/unit/"],
    tests: true,
    limitMs: 5 * minute,
  },
];

/** What waits more than it works, or stays within a process, runs two files at a time. */
const sideBySide: ReadonlySet<string> = new Set(["chaos", "conformance", "contract"]);

/** The others are browsers, engines and whole services, which want the machine's cores for themselves: one file after the other. */
const slowSteps: readonly Step[] = foldersOfSlowTests().map((folder) => ({
  name: `${folder} tests`,
  args: ["test", ...testFlags, ...sideBySide.has(folder) ? ["--parallel"] : [], `tests/${folder}/`],
  tests: true,
  limitMs: 12 * minute,
}));

/** The folders whose docstrings may hold examples; they are run as tests. */
function foldersOfCode(): string[] {
  return [
    "flow",
    "protocol",
    "pipeline",
    "adapters",
    "sessions",
    "media",
    "routes",
    "telemetry",
    "client",
    "cli",
  ].filter(exists);
}

/** Every folder of `tests/` that holds tests and is not the unit tests, in the order of the alphabet. */
function foldersOfSlowTests(): string[] {
  return [...Deno.readDirSync("tests")]
    .filter(({ name, isDirectory }) => isDirectory && name !== "unit" && holdsTests(`tests/${name}`))
    .map(({ name }) => name)
    .sort();
}

function holdsTests(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some(({ name, isDirectory }) =>
    isDirectory ? holdsTests(`${folder}/${name}`) : name.endsWith("_test.ts")
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ name, counts, ms, trouble }) => [
    trouble ? "failed" : "ok",
    name,
    `${(ms / 1000).toFixed(1)} s`,
    describeCounts(counts),
    trouble,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

/** How much of a failure is told again at the end; the whole of it stands where it happened. */
const messageLines = 12;

function failureReport(outcomes: readonly Outcome[]): string {
  return outcomes.flatMap(({ name: step, failures }) =>
    failures.map(({ name, message }) => {
      const lines = message.split("\n").slice(0, messageLines).map((line) => `    ${line}`.trimEnd());
      return [`failed in ${step}: ${name}`, ...lines, ""].join("\n");
    })
  ).join("\n");
}

Deno.chdir(new URL("..", import.meta.url));
const outcomes: Outcome[] = [];
for (const step of Deno.args.includes("--quick") ? quickSteps : [...quickSteps, ...slowSteps]) {
  console.log(`\n── ${step.name}: deno ${step.args.join(" ")}`);
  outcomes.push(await runStep(step));
}
const total = addCounts(outcomes.map(({ counts }) => counts));
const totalMs = outcomes.reduce((sum, { ms }) => sum + ms, 0);
const failures = failureReport(outcomes);
if (failures) console.log(`\n${failures}`);
console.log(`\n${table(outcomes)}\n\n${(totalMs / 1000).toFixed(1)} s in all`);
console.log(describeCounts(total));
Deno.exit(total.failed > 0 ? 1 : 0);
