import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Crew } from "../../../flow/crew.ts";
import type { Task } from "../../../flow/together.ts";

function untilAborted(log: string[], name: string): Task<void> {
  return (signal) =>
    new Promise((_, reject) =>
      signal.addEventListener("abort", () => {
        log.push(name);
        reject(signal.reason);
      })
    );
}

Deno.test("Crew.run() ends when it is closed and everybody is done", async () => {
  const crew = new Crew();
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  crew.join(async () => {
    await gate.promise;
    log.push("first");
  });
  const run = crew.run(new AbortController().signal).then(() => log.push("run"));
  crew.join(() => Promise.resolve(void log.push("second")));
  crew.close();
  gate.resolve();
  await run;
  assertEquals(log, ["second", "first", "run"]);
});

Deno.test("Crew.run() waits for those who may still join", async () => {
  const crew = new Crew();
  let ended = false;
  const run = crew.run(new AbortController().signal).then(() => ended = true);
  await Promise.resolve();
  assertEquals(ended, false);
  crew.close();
  await run;
});

Deno.test("Crew.run() stops everybody at the first failure and throws it", async () => {
  const crew = new Crew();
  const log: string[] = [];
  crew.join(untilAborted(log, "stopped"));
  const run = crew.run(new AbortController().signal);
  crew.join(() => Promise.reject(new Error("first")));
  await assertRejects(() => run, Error, "first");
  assertEquals(log, ["stopped"]);
});

Deno.test("Crew.run() ends with the signal's reason, even when nobody was at work", async () => {
  const stop = new AbortController();
  const busy = new Crew();
  busy.join(untilAborted([], ""));
  const run = busy.run(stop.signal);
  stop.abort(new Error("enough"));
  await assertRejects(() => run, Error, "enough");
  await new Crew().run(stop.signal);
});

Deno.test("Crew.join() refuses once the crew is closed", () => {
  const crew = new Crew();
  crew.close();
  assertThrows(() => crew.join(() => Promise.resolve()), TypeError, "closed");
});
