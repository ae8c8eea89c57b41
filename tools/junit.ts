/** How the cases of a test run ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts the cases in the JUnit report that `deno test --junit-path` writes; steps of a test are cases of their own. */
export function countCases(report: string): Counts {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const [, body = ""] of report.matchAll(/<testcase\b[^>]*>(.*?)<\/testcase>/gs)) {
    if (/<(failure|error)\b/.test(body)) failed += 1;
    else if (/<skipped\b/.test(body)) skipped += 1;
    else passed += 1;
  }
  return { passed, failed, skipped };
}

/** The sum of several counts. */
export function addCounts(all: readonly Counts[]): Counts {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

/** `12 passed, 0 failed`, and `, 3 skipped` where some were. */
export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
