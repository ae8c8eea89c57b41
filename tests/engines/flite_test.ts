import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { readHumanTalk } from "../../cli/sample/human.ts";
import { RENDER_RATE, renderClauses } from "../../cli/sample/render.ts";
import { requireEngine } from "../support/engines.ts";

const signal = new AbortController().signal;
/** At -50 dBFS. */
const LOUD = 32768 * 10 ** -2.5;

Deno.test("renderClauses() speaks each clause where it says, with pauses after its kind", {
  ...requireEngine(["flite"]),
}, async () => {
  const text = "Good evening,\nmy friends.\nWelcome!\n\nPlease sit down.\n";
  const { rate, samples, clauses } = await renderClauses(text, signal, { leadMs: 200, tailMs: 500 });
  assertEquals(rate, RENDER_RATE);
  assertEquals(clauses.map((clause) => clause.text), [
    "Good evening,",
    "my friends.",
    "Welcome!",
    "Please sit down.",
  ]);
  const ms = (count: number) => count * 1000 / rate;
  const pauses = clauses.slice(1).map(({ start }, index) => ms(start - clauses[index]!.end));
  // Of flite's own silence, up to 30 ms stay on either side of a clause.
  for (const [index, pauseMs] of [250, 450, 700].entries()) {
    assertAlmostEquals(pauses[index]!, pauseMs + 30, 31);
  }
  assertAlmostEquals(ms(clauses[0]!.start), 215, 16);
  assertAlmostEquals(ms(samples.length - clauses.at(-1)!.end), 515, 16);
  for (const { start, end } of clauses) {
    assertGreater(ms(end - start), 300);
    assertLess(ms(end - start), 1500);
    assertEquals(Math.abs(samples[start]!) > LOUD && Math.abs(samples[end - 1]!) > LOUD, true);
  }
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) <= LOUD) continue;
    assertEquals(clauses.some(({ start, end }) => start <= at && at < end), true, `loud at ${at}`);
  }
});

Deno.test(
  "renderClauses() gives the same recording every time",
  { ...requireEngine(["flite"]) },
  async () => {
    const one = await renderClauses("Good evening.", signal);
    assertEquals(await renderClauses("Good evening.", signal), one);
  },
);

Deno.test("renderClauses() gives a recording of its pauses for an empty text", async () => {
  const { samples, clauses } = await renderClauses("\n\n", signal);
  assertEquals([samples.length, clauses.length], [RENDER_RATE * 0.3, 0]);
});

Deno.test("renderClauses() rejects with the signal's reason", { ...requireEngine(["flite"]) }, async () => {
  const reason = new Error("stopped");
  const stop = new AbortController();
  const rendering = assertRejects(() => renderClauses("Good evening.\nGood night.", stop.signal));
  stop.abort(reason);
  assertEquals(await rendering, reason);
  assertEquals(await assertRejects(() => renderClauses("Good evening.", AbortSignal.abort(reason))), reason);
});

Deno.test("renderClauses() says what to install where flite is missing", async () => {
  const module = new URL("../../cli/sample/render.ts", import.meta.url);
  const code = `import { renderClauses } from "${module}";
    await renderClauses("Hi.", AbortSignal.timeout(9000)).catch((error) => console.log(error.message));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, code],
    env: { PATH: "/nonexistent" },
  }).output();
  assertStringIncludes(new TextDecoder().decode(stdout), "sudo apt-get install flite");
});

Deno.test("readHumanTalk() reads the LibriVox recordings", { ...requireEngine(["librivox"]) }, async () => {
  const { samples, clauses } = await readHumanTalk(signal);
  assertEquals(clauses.length, 5);
  assertEquals(clauses[1]!.text, "he was not an ill disposed young man");
  assertGreater(samples.length / 16_000, 20);
});
