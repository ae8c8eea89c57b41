import { assertEquals } from "@std/assert";
import { type Outcome, runStep } from "../../../tools/step.ts";

/** What became of a test file with this source, run as a step. */
async function outcomeOf(source: string): Promise<Pick<Outcome, "counts" | "trouble">> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, source);
    const args = ["test", "--no-config", "--no-check", "--quiet", "--reporter=dot", folder];
    const { counts, trouble } = await runStep({ name: "trial", args, tests: true, limitMs: 60_000 }, "null");
    return { counts, trouble };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runStep() counts the cases of a test run and the step itself", async () => {
  const source = 'Deno.test("a", () => {}); Deno.test("b", () => {}); Deno.test.ignore("c", () => {});';
  assertEquals(await outcomeOf(source), { counts: { passed: 3, failed: 0, skipped: 1 }, trouble: "" });
});

Deno.test("runStep() counts a failing case and fails the step", async () => {
  const source = 'Deno.test("a", () => {}); Deno.test("b", () => { throw new Error("on purpose"); });';
  assertEquals(await outcomeOf(source), {
    counts: { passed: 1, failed: 2, skipped: 0 },
    trouble: "exit code 1",
  });
});

Deno.test("runStep() fails when a test file does not load, though its report lists no failure", async () => {
  assertEquals(await outcomeOf('throw new Error("on purpose");'), {
    counts: { passed: 0, failed: 1, skipped: 0 },
    trouble: "exit code 1",
  });
});

Deno.test("runStep() fails when no test was run", async () => {
  assertEquals(await outcomeOf("export {};"), {
    counts: { passed: 0, failed: 1, skipped: 0 },
    trouble: "no test was run",
  });
});

Deno.test("runStep() fails when the test run is killed", async () => {
  const source = 'Deno.test("a", () => { Deno.kill(Deno.pid, "SIGKILL"); });';
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/a_test.ts`, source);
  const args = ["test", "--no-config", "--no-check", "--quiet", "--allow-run", folder];
  const { counts, trouble } = await runStep({ name: "trial", args, tests: true, limitMs: 60_000 }, "null");
  await Deno.remove(folder, { recursive: true });
  assertEquals([counts, trouble], [{ passed: 0, failed: 1, skipped: 0 }, "ended by SIGKILL"]);
});

Deno.test("runStep() passes on the exit code of a check", async () => {
  const step = { name: "trial", args: ["eval", "Deno.exit(3)"], tests: false, limitMs: 60_000 };
  const { counts, trouble } = await runStep(step, "null");
  assertEquals([counts, trouble], [{ passed: 0, failed: 1, skipped: 0 }, "exit code 3"]);
});

Deno.test("runStep() ends a check that hangs", async () => {
  const step = { name: "trial", args: ["eval", "setInterval(() => {}, 1000)"], tests: false, limitMs: 1 };
  const { counts, trouble } = await runStep(step, "null");
  assertEquals([counts, trouble], [{ passed: 0, failed: 1, skipped: 0 }, "not done after 0 s"]);
});
