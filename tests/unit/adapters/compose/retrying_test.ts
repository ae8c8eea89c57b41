import { assertEquals, assertStrictEquals } from "@std/assert";
import { retrying } from "../../../../adapters/compose/retrying.ts";
import { rereading } from "../../../../adapters/compose/rereading.ts";
import { speaking } from "../../../../adapters/compose/speaking.ts";
import { translating } from "../../../../adapters/compose/translating.ts";
import { fakeSynthesizer } from "../../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { Translation } from "../../../../pipeline/ports.ts";
import {
  after,
  fails,
  inSpanish,
  outcome,
  pick,
  scripted,
  spanish,
  speak,
  stalls,
  translate,
} from "../../../support/answers.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const down = new PipelineError("unavailable", "down");

function setUp() {
  const clock = new FakeClock();
  const { options, events } = surroundings(clock);
  return { clock, options, events };
}

Deno.test("retrying() tries again after a pause what failed before it gave anything", async () => {
  const { clock, options, events } = setUp();
  const inner = scripted("deepl", fails(down), fails(down), after(clock, 30));
  const session = await retrying(translating, inner, options).open(spanish);
  const { value, atMs } = await outcome(clock, translate(session, "house"));
  assertEquals([value, atMs, inner.asked()], ["es:house", 50 + 100 + 30, 3]);
  assertEquals(pick(events, "retry").map(({ kind, operation, waitMs }) => [kind, operation, waitMs]), [
    ["unavailable", "answer", 50],
    ["unavailable", "answer", 100],
  ]);
  assertEquals(clock.pending, 0);
});

Deno.test("retrying() gives up with the last error after three attempts", async () => {
  const { clock, options } = setUp();
  const inner = scripted("deepl", fails(new PipelineError("timeout", "late")), fails(down));
  const session = await retrying(translating, inner, options).open(spanish);
  const { error } = await outcome(clock, translate(session, "house"));
  assertStrictEquals(error, down);
  assertEquals([inner.asked(), clock.pending], [3, 0]);
});

Deno.test("retrying() waits as long as the provider asks for", async () => {
  const { clock, options } = setUp();
  const busy = new PipelineError("rate_limited", "too fast", { retryAfterMs: 1500 });
  const inner = scripted("deepl", fails(busy), after(clock, 0));
  const session = await retrying(translating, inner, options).open(spanish);
  const { value, atMs } = await outcome(clock, translate(session, "house"));
  assertEquals([value, atMs], ["es:house", 1550]);
});

Deno.test("retrying() never begins anew once text was handed on", async () => {
  const { clock, options } = setUp();
  const inner = scripted("deepl", fails(down, "es:hou"), after(clock, 0));
  const session = await retrying(translating, inner, options).open(spanish);
  let got = "";
  const { error } = await outcome(
    clock,
    (async () => {
      const request = { segment: 1, text: "house", history: [] };
      for await (const event of session.translate(request, new AbortController().signal)) {
        if (event.type === "append") got += event.text;
      }
    })(),
  );
  assertStrictEquals(error, down);
  assertEquals([got, inner.asked()], ["es:hou", 1]);
});

Deno.test("retrying() does not try again what cannot pass", async () => {
  const { clock, options } = setUp();
  for (const kind of ["invalid_request", "unauthenticated", "quota_exhausted", "internal"] as const) {
    const inner = scripted("deepl", fails(new PipelineError(kind, "no")), after(clock, 0));
    const session = await retrying(translating, inner, options).open(spanish);
    await outcome(clock, translate(session, "house"));
    assertEquals(inner.asked(), 1);
  }
});

Deno.test("retrying() has a budget for each session, which its requests fill again", async () => {
  const { clock, options, events } = setUp();
  const flaky = fakeTranslator({ clock, faults: [{ fault: "unavailable", times: 1000, segment: 1 }] });
  const engine = retrying(translating, flaky, options);
  const session = await engine.open(spanish);
  const retriesOf = async (session: Translation, segment: number) => {
    const before = pick(events, "retry").length;
    await outcome(clock, translate(session, "house", { segment }));
    return pick(events, "retry").length - before;
  };
  const retries: number[] = [];
  for (let count = 0; count < 4; count += 1) retries.push(await retriesOf(session, 1));
  assertEquals(retries, [2, 1, 0, 0]);
  for (let count = 0; count < 5; count += 1) assertEquals(await retriesOf(session, 2), 0);
  assertEquals(await retriesOf(session, 1), 1);
  assertEquals(await retriesOf(await engine.open(spanish), 1), 2);
});

Deno.test("retrying() opens a session again after a pause", async () => {
  const { clock, options, events } = setUp();
  const inner = fakeTranslator({ clock, openFaults: [{ fault: "unavailable", times: 2 }] });
  const { value } = await outcome(clock, retrying(translating, inner, options).open(spanish));
  assertEquals(value !== undefined, true);
  assertEquals(pick(events, "retry").map(({ operation }) => operation), ["open", "open"]);
});

Deno.test("retrying() stops at once when it is aborted, in a pause or in a request", async () => {
  const { clock, options } = setUp();
  for (const inner of [scripted("deepl", fails(down)), scripted("deepl", stalls())]) {
    const session = await retrying(translating, inner, options).open(spanish);
    const stop = new AbortController();
    const reason = new Error("enough");
    const work = translate(session, "house", { signal: stop.signal });
    work.catch(() => {});
    await clock.advance(10);
    stop.abort(reason);
    assertStrictEquals((await outcome(clock, work, 0)).error, reason);
    assertEquals(clock.pending, 0);
  }
});

Deno.test("retrying() speaks the whole text again, which came in pieces", async () => {
  const { clock, options } = setUp();
  const whole = await speak(await fakeSynthesizer({ clock }).open(inSpanish), ["una ", "casa ", "vieja"]);
  const flaky = fakeSynthesizer({ clock, faults: [{ fault: "unavailable" }, { fault: "timeout" }] });
  const voice = await rereading(retrying(speaking, flaky, options)).open(inSpanish);
  const { value } = await outcome(clock, speak(voice, ["una ", "casa ", "vieja"]));
  assertEquals(value, whole);
  assertEquals(clock.pending, 0);
});

Deno.test("retrying() never speaks again once audio was handed on", async () => {
  const { clock, options, events } = setUp();
  const flaky = fakeSynthesizer({ clock, faults: [{ fault: "unavailable", afterPieces: 2 }] });
  const voice = await rereading(retrying(speaking, flaky, options)).open(inSpanish);
  const { error } = await outcome(clock, speak(voice, "una casa vieja"));
  assertEquals(error instanceof PipelineError && error.kind, "unavailable");
  assertEquals(pick(events, "retry"), []);
});
