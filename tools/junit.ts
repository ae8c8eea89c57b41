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

/** A case that failed. */
export interface FailedCase {
  readonly name: string;
  /** What the report says of it, without escapes; empty where it says nothing. */
  readonly message: string;
}

/** The cases of a JUnit report that failed, in its order: so that they can be told at the end, where people look. */
export function failedCases(report: string): FailedCase[] {
  const failed: FailedCase[] = [];
  for (const [, attributes = "", body = ""] of report.matchAll(/<testcase\b([^>]*)>(.*?)<\/testcase>/gs)) {
    const failure = /<(?:failure|error)\b(?:\s+message="([^"]*)")?/.exec(body);
    if (!failure) continue;
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1] ?? "";
    failed.push({ name: unescaped(name), message: unescaped(failure[1] ?? "") });
  }
  return failed;
}

const escapes: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => escapes[name]!)
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
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
