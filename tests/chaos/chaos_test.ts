import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { runWorld, type WorldReport } from "../support/chaos/world.ts";

/** The worlds that are run every time; `deno task chaos` runs others. */
const seeds = Array.from({ length: 14 }, (_, index) => 100 + index);
const worldMinutes = 16;

Deno.test("A service under chaos speaks each segment once or says once why not", async (test) => {
  const reports: WorldReport[] = [];
  for (const seed of seeds) {
    await test.step(`in the world of seed ${seed}`, async () => {
      const report = await runWorld({ seed, minutes: worldMinutes });
      assertEquals(report.violations, [], `deno task chaos --seed ${seed} --minutes 1`);
      reports.push(report);
    });
  }
  const sessions = reports.flatMap((report) => report.sessions);
  const sum = (pick: (session: typeof sessions[number]) => number) =>
    sessions.reduce((total, session) => total + pick(session), 0);
  assertGreaterOrEqual(sum(({ sourceMs }) => sourceMs) / 60_000, 200);
  // A world in which nothing happened would prove nothing.
  assertGreater(sum(({ resumes }) => resumes), 1000);
  for (const outcome of ["spoken", "failed", "skipped", "cancelled"] as const) {
    assertGreater(sum(({ counts }) => counts[outcome]), 50, outcome);
  }
  assertGreater(reports.reduce((total, { garbage }) => total + garbage.closed, 0), 100);
  assertGreater(sessions.filter(({ end }) => end === "ended").length, 50);
});

Deno.test("A world is the same whenever it is run", async () => {
  const once = await runWorld({ seed: 7, minutes: 2, speakers: 2 });
  assertEquals(await runWorld({ seed: 7, minutes: 2, speakers: 2 }), once);
});
