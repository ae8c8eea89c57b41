import { countCases, type Counts, type FailedCase, failedCases } from "./junit.ts";

/** One check of the project: a `deno` command, which may write a JUnit report to be counted. */
export interface Step {
  readonly name: string;
  /** What follows `deno` on the command line. */
  readonly args: readonly string[];
  /** Whether the command is a test run: it then writes a report, and its cases count. */
  readonly tests: boolean;
  /** When a command that hangs is ended, in ms. */
  readonly limitMs: number;
}

/** What came of a step: the step itself counts as one case beside those in its report. */
export interface Outcome {
  readonly name: string;
  readonly counts: Counts;
  readonly ms: number;
  /** Why the step failed, in a word or two; empty when it passed. */
  readonly trouble: string;
  /** Which of its cases failed. */
  readonly failures: readonly FailedCase[];
}

/** Runs a step, in sight of the user unless told otherwise. It never throws: whatever goes wrong is a failure of the step. */
export async function runStep(step: Step, output: "inherit" | "null" = "inherit"): Promise<Outcome> {
  const startMs = performance.now();
  const report = step.tests ? await Deno.makeTempFile({ prefix: "parley-", suffix: ".xml" }) : undefined;
  let trouble = "";
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let failures: readonly FailedCase[] = [];
  try {
    const args = report ? [...step.args, `--junit-path=${report}`] : [...step.args];
    trouble = await run(
      new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: output, stderr: output }),
      step.limitMs,
    );
    if (report) {
      const text = await Deno.readTextFile(report);
      counts = countCases(text);
      failures = failedCases(text);
      if (!trouble && counts.failed > 0) trouble = `${counts.failed} cases failed`;
      if (!trouble && counts.passed + counts.skipped === 0) trouble = "no test was run";
    }
  } catch (error) {
    trouble ||= error instanceof Error ? error.message : String(error);
  } finally {
    if (report) await Deno.remove(report).catch(() => {});
  }
  const passed = trouble === "";
  return {
    name: step.name,
    counts: { ...counts, passed: counts.passed + (passed ? 1 : 0), failed: counts.failed + (passed ? 0 : 1) },
    ms: performance.now() - startMs,
    trouble,
    failures,
  };
}

/** Runs a command to its end; returns what went wrong, or nothing. */
async function run(command: Deno.Command, limitMs: number): Promise<string> {
  const child = command.spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitMs);
  const { success, code, signal } = await child.status;
  clearTimeout(timer);
  if (late) return `not done after ${Math.round(limitMs / 1000)} s`;
  if (success) return "";
  return signal ? `ended by ${signal}` : `exit code ${code}`;
}
