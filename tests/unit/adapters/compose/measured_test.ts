import { assertEquals } from "@std/assert";
import type { EngineEvent } from "../../../../adapters/compose/engine_event.ts";
import { LatencyWindow } from "../../../../adapters/compose/latency_window.ts";
import { measured } from "../../../../adapters/compose/measured.ts";
import { measuredRecognizer } from "../../../../adapters/compose/measured_recognizer.ts";
import { parsePrices, PriceTable } from "../../../../adapters/compose/prices.ts";
import { rereading } from "../../../../adapters/compose/rereading.ts";
import { speaking } from "../../../../adapters/compose/speaking.ts";
import { translating } from "../../../../adapters/compose/translating.ts";
import { fakeRecognizer } from "../../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import { fakeSynthesizer } from "../../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
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
import { FakeClock } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

function setUp() {
  const clock = new FakeClock();
  const events: EngineEvent[] = [];
  const options = {
    clock,
    observe: (event: EngineEvent) => void events.push(event),
    opening: new LatencyWindow(),
    firstResult: new LatencyWindow(),
  };
  return { clock, events, options };
}

Deno.test("measured() tells how every call ended and how long it took", async () => {
  const { clock, events, options } = setUp();
  const inner = scripted(
    "deepl",
    after(clock, 120),
    fails(new PipelineError("unavailable", "down")),
    fails(new PipelineError("invalid_request", "too long")),
    fails(new PipelineError("concurrency", "full")),
    fails(new RangeError("a caller's mistake")),
    fails(new Error("a fault")),
    async function* () {},
  );
  const session = await measured(translating, inner, options).open(spanish);
  for (let count = 0; count < 7; count += 1) await outcome(clock, translate(session, "house"));
  const who = { type: "call", stage: "mt", engine: "deepl" } as const;
  assertEquals(events, [
    { ...who, operation: "open", outcome: "ok", durationMs: 0 },
    { ...who, operation: "answer", outcome: "ok", firstResultMs: 120, durationMs: 120 },
    { ...who, operation: "answer", outcome: "failed", kind: "unavailable", durationMs: 0 },
    { ...who, operation: "answer", outcome: "refused", kind: "invalid_request", durationMs: 0 },
    { ...who, operation: "answer", outcome: "busy", kind: "concurrency", durationMs: 0 },
    { ...who, operation: "answer", outcome: "refused", durationMs: 0 },
    { ...who, operation: "answer", outcome: "failed", kind: "internal", durationMs: 0 },
    { ...who, operation: "answer", outcome: "empty", durationMs: 0 },
  ]);
});

Deno.test("measured() tells that its caller has gone, by abort or by leaving", async () => {
  const { clock, events, options } = setUp();
  const session = await measured(translating, scripted("deepl", stalls("es:")), options).open(spanish);
  const stop = new AbortController();
  const work = translate(session, "house", { signal: stop.signal });
  work.catch(() => {});
  await clock.advance(40);
  stop.abort(new PipelineError("unavailable", "a failure elsewhere is no failure here"));
  await outcome(clock, work);
  for await (const _ of session.translate({ segment: 1, text: "house", history: [] }, spanish.signal)) break;
  assertEquals(pick(events, "call").slice(1).map(({ outcome }) => outcome), ["cancelled", "cancelled"]);
});

Deno.test("measured() tells why a session did not open", async () => {
  const { clock, events, options } = setUp();
  const inner = fakeTranslator({ clock, openFaults: [{ fault: "unauthenticated" }] });
  await outcome(clock, measured(translating, inner, options).open(spanish));
  assertEquals(pick(events, "call").map(({ operation, outcome, kind }) => [operation, outcome, kind]), [
    ["open", "failed", "unauthenticated"],
  ]);
});

Deno.test("measured() counts a synthesizer's first audio from the last text that it got before it", async () => {
  const { clock, events, options } = setUp();
  const voice = await rereading(measured(speaking, fakeSynthesizer({ clock, delayMs: 250 }), options)).open(
    inSpanish,
  );
  const slow = async function* () {
    await clock.sleep(5000, inSpanish.signal);
    yield "una casa";
  };
  await outcome(clock, speak(voice, slow()));
  const [, call] = pick(events, "call");
  assertEquals([call?.firstResultMs, call?.durationMs], [250, 5250]);
});

Deno.test("measured() remembers that a call that was given up was slow", async () => {
  const { clock, options } = setUp();
  const answers = Array.from({ length: 20 }, () => after(clock, 100));
  const session = await measured(translating, scripted("deepl", ...answers, stalls()), options).open(spanish);
  for (let count = 0; count < 20; count += 1) await outcome(clock, translate(session, "house"));
  assertEquals(options.firstResult.p95, 100);
  for (let count = 0; count < 4; count += 1) {
    const stop = new AbortController();
    const work = translate(session, "house", { signal: stop.signal });
    work.catch(() => {});
    await clock.advance(150);
    stop.abort();
    await outcome(clock, work);
  }
  assertEquals(options.firstResult.p95, 150);
});

Deno.test("measuredRecognizer() tells of a hearing and when its first words came", async () => {
  const { clock, events, options } = setUp();
  const inner = fakeRecognizer({ script: [utterance("we go home", 500)], interimDelayMs: 200 });
  const format = { codec: "pcm_s16le", rate: 16_000 } as const;
  const { signal } = new AbortController();
  const hearing = await measuredRecognizer(inner, options).open({
    languages: ["en"],
    format,
    glossary: {},
    signal,
  });
  const source = silentSource(3000, { onFrame: () => clock.advance(100) });
  for await (const _ of hearing.hear(source, signal));
  const [open, hear] = pick(events, "call");
  assertEquals([open?.operation, open?.outcome], ["open", "ok"]);
  assertEquals([hear?.operation, hear?.outcome, hear?.durationMs], ["hear", "ok", 3000]);
  // The first word ends 300 ms after the speech begins, is reported 200 ms later, with the frame that is at hand then.
  assertEquals(hear?.firstResultMs, 500);
});

Deno.test("measured() tells what was charged for and what it costs", async () => {
  const { clock, events, options } = setUp();
  const { prices } = parsePrices("deepl=20/million characters");
  const inner = scripted("deepl", async function* () {
    yield { type: "append", text: "casa" };
    yield { type: "usage", characters: 5 };
  });
  const session = await measured(translating, inner, { ...options, prices: new PriceTable(prices) }).open(
    spanish,
  );
  await outcome(clock, translate(session, "house"));
  assertEquals(pick(events, "usage"), [
    { type: "usage", stage: "mt", engine: "deepl", characters: 5, cost: 5 * 20 / 1e6 },
  ]);
});
