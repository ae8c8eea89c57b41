import { assertEquals, assertStrictEquals } from "@std/assert";
import { cachingSynthesizer } from "../../../../adapters/compose/caching_synthesizer.ts";
import { rereading } from "../../../../adapters/compose/rereading.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../../adapters/fake/synthesizer.ts";
import type { SpeechEvent, Voice } from "../../../../pipeline/ports.ts";
import { inSpanish, outcome, pick, samplesOf, speak } from "../../../support/answers.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

function setUp(fake: FakeSynthesizerOptions = {}) {
  const clock = new FakeClock();
  const { options, events } = surroundings(clock);
  const cache = { ...options, limitBytes: 8_000_000, maxAgeMs: 60_000 };
  const inner = fakeSynthesizer({ clock, delayMs: 200, ...fake });
  const engine = rereading(cachingSynthesizer(inner, cache));
  const found = () => pick(events, "cache").map(({ result }) => result);
  return { clock, engine, inner, found };
}

async function hear(voice: Voice, text: readonly string[], speed = 1): Promise<SpeechEvent[]> {
  const pieces = async function* () {
    yield* text;
  };
  const events: SpeechEvent[] = [];
  for await (const event of voice.speak(pieces(), { segment: 1, speed }, inSpanish.signal)) {
    events.push(event);
  }
  return events;
}

Deno.test("cachingSynthesizer() gives again the same audio for the same phrase, at once", async () => {
  const { clock, engine, found } = setUp();
  const voice = await engine.open(inSpanish);
  const first = (await outcome(clock, hear(voice, ["muchas ", "gracias"]))).value!;
  const fromMs = clock.now();
  const { value: second, atMs } = await outcome(
    clock,
    hear(await engine.open(inSpanish), ["muchas gracias "]),
  );
  assertEquals([samplesOf(second!), atMs - fromMs], [samplesOf(first), 0]);
  assertEquals(second!.filter(({ type }) => type === "usage"), []);
  assertEquals([found(), clock.pending], [["miss", "hit"], 0]);
});

Deno.test("cachingSynthesizer() keeps texts, voices, formats, languages and speeds apart", async () => {
  const { clock, engine, found } = setUp();
  const ask = async (
    more: Partial<Omit<typeof inSpanish, "language">> & { language?: string; voice?: string },
    text = "sí",
    speed = 1,
  ) => await outcome(clock, hear(await engine.open({ ...inSpanish, ...more }), [text], speed));
  await ask({});
  await ask({}, "no");
  await ask({}, "sí", 1.25);
  await ask({ language: "fr" });
  await ask({ voice: "tone-es" });
  await ask({ formats: [{ codec: "pcm_s16le", rate: 24_000 }] as never });
  assertEquals(found(), Array(6).fill("miss"));
});

Deno.test("cachingSynthesizer() passes long texts and texts that are still coming on without waiting for their end", async () => {
  const { clock, engine, found } = setUp();
  const voice = await engine.open(inSpanish);
  await outcome(clock, speak(voice, "una frase que es demasiado larga para volver a decirse otra vez"));
  const slow = async function* () {
    yield "muchas ";
    await clock.sleep(1000, inSpanish.signal);
    yield "gracias";
  };
  const fromMs = clock.now();
  let firstMs = Infinity;
  const reading = (async () => {
    for await (const event of voice.speak(slow(), { segment: 1, speed: 1 }, inSpanish.signal)) {
      if (event.type === "frame") firstMs = Math.min(firstMs, clock.now() - fromMs);
    }
  })();
  await outcome(clock, reading);
  assertEquals([firstMs, found(), clock.pending], [210, [], 0]);
});

Deno.test("cachingSynthesizer() keeps nothing of a session that asked for it", async () => {
  const { clock, engine, found } = setUp();
  for (let count = 0; count < 2; count += 1) {
    await outcome(clock, hear(await engine.open({ ...inSpanish, retain: false }), ["sí"]));
  }
  assertEquals(found(), []);
});

Deno.test("cachingSynthesizer() speaks once for two who want the same at the same time", async () => {
  const { clock, engine, found } = setUp();
  const voice = await engine.open(inSpanish);
  const { value } = await outcome(clock, Promise.all([hear(voice, ["sí"]), hear(voice, ["sí"])]));
  assertEquals(samplesOf(value![0]), samplesOf(value![1]));
  assertEquals(found(), ["miss", "shared"]);
});

Deno.test("cachingSynthesizer() stops at once when it is aborted: waiting for text, for audio, in kept audio", async () => {
  const reason = new Error("enough");
  const never = async function* () {
    await new Promise(() => {});
    yield "";
  };
  const begun = async function* () {
    yield "mu";
    await new Promise(() => {});
  };
  for (const text of [never, begun, () => "sí"]) {
    const { clock, engine } = setUp();
    const stop = new AbortController();
    const work = speak(await engine.open(inSpanish), text(), { signal: stop.signal });
    work.catch(() => {});
    await clock.advance(5);
    stop.abort(reason);
    assertStrictEquals((await outcome(clock, work, 0)).error, reason);
    assertEquals(clock.pending, 0);
  }
  const { clock, engine } = setUp();
  const voice = await engine.open(inSpanish);
  await outcome(clock, hear(voice, ["muchas gracias"]));
  const stop = new AbortController();
  let pieces = 0;
  const reading = (async () => {
    const once = async function* () {
      yield "muchas gracias";
    };
    for await (const _ of voice.speak(once(), { segment: 1, speed: 1 }, stop.signal)) {
      pieces += 1;
      stop.abort(reason);
    }
  })();
  reading.catch(() => {});
  assertStrictEquals((await outcome(clock, reading, 0)).error, reason);
  assertEquals(pieces, 1);
});
