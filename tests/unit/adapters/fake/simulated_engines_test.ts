import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import * as v from "valibot";
import { profileNamed, profiles } from "../../../../adapters/fake/profiles/mod.ts";
import {
  simulatedRecognizerProvider,
  simulatedSynthesizerProvider,
  simulatedTranslatorProvider,
} from "../../../../adapters/fake/simulated_providers.ts";
import { simulatedRecognizer } from "../../../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../../../adapters/fake/simulated_translator.ts";
import type { SimulatorOptions } from "../../../../adapters/fake/simulator.ts";
import type { AnswerTrouble } from "../../../../adapters/fake/trouble.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent } from "../../../../pipeline/ports.ts";
import { percentile } from "../../../../bench/percentile.ts";
import { finals } from "../../../conformance/hearing_events.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const signal = new AbortController().signal;

/** What work gives, on a clock that runs as fast as it can. */
async function onClock<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let done = false;
  const watched = work.finally(() => done = true);
  watched.catch(() => {});
  await settle();
  while (!done) await clock.advance(1000);
  return await watched;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

interface Answer {
  readonly text: string;
  readonly pieces: readonly string[];
  readonly firstMs: number;
}

/** Translates so many texts on a clock of their own; failures come as their kinds. */
async function translate(
  count: number,
  options: SimulatorOptions & { readonly mt?: AnswerTrouble },
): Promise<(Answer | string)[]> {
  const clock = new FakeClock();
  await using engine = simulatedTranslator({ clock, ...options, trouble: { mt: options.mt ?? {} } });
  return await onClock(
    clock,
    (async () => {
      await using session = await engine.open({ source: "en", target: "es", glossary: {}, signal });
      const answers: (Answer | string)[] = [];
      for (let segment = 1; segment <= count; segment++) {
        const startMs = clock.now();
        let firstMs = NaN;
        const pieces: string[] = [];
        try {
          const request = { segment, text: "the old house is near the sea", history: [] };
          for await (const event of session.translate(request, signal)) {
            if (event.type !== "append") continue;
            if (pieces.length === 0) firstMs = clock.now() - startMs;
            pieces.push(event.text);
          }
          answers.push({ text: pieces.join(""), pieces, firstMs });
        } catch (error) {
          assert(error instanceof PipelineError);
          answers.push(`${error.kind}${error.retryAfterMs === undefined ? "" : ", retry later"}`);
        }
      }
      return answers;
    })(),
  );
}

Deno.test("simulatedTranslator() takes the times of its profile", async () => {
  const answers = await translate(400, { profile: profileNamed("published") });
  const firstMs = answers.map((answer) => (answer as Answer).firstMs);
  assert(Math.abs(percentile(firstMs, 0.5) - 300) < 30);
  assert(Math.abs(percentile(firstMs, 0.95) - 600) < 120);
  assertEquals((answers[0] as Answer).text, "the old house is nearo the sea".replace("is", "iso"));
});

Deno.test("simulatedTranslator() does the same for the same seed", async () => {
  const mt = { refused: 0.2, dropped: 0.2, slow: 0.2, odd: 0.3, empty: 0.1 };
  const once = await translate(50, { seed: 3, mt });
  assertEquals(await translate(50, { seed: 3, mt }), once);
  assert(JSON.stringify(await translate(50, { seed: 4, mt })) !== JSON.stringify(once));
});

Deno.test("simulatedTranslator() refuses, loses the connection and gives nothing when it is told to", async () => {
  const instant = profileNamed("instant");
  const kinds = async (mt: AnswerTrouble) => new Set(await translate(20, { profile: instant, mt }));
  await assertRejects(() => translate(1, { mt: { refused: 1 } }), PipelineError, "asked too often");
  assertEquals(await kinds({ dropped: 1 }), new Set(["unavailable"]));
  assertEquals(await kinds({ stalled: 1, stallMs: 1000 }), new Set(["unavailable"]));
  const [empty] = await translate(1, { profile: instant, mt: { empty: 1 } });
  assertEquals((empty as Answer).text, "");
  const [odd] = await translate(1, { profile: instant, mt: { odd: 1 } });
  assert((odd as Answer).pieces.includes("") || (odd as Answer).pieces.length > 7);
});

Deno.test("simulatedTranslator() stalls until it is aborted where no other end is given", async () => {
  const clock = new FakeClock();
  await using engine = simulatedTranslator({
    clock,
    profile: profileNamed("instant"),
    trouble: { mt: { stalled: 1 } },
  });
  await using session = await engine.open({ source: "en", target: "es", glossary: {}, signal });
  const stop = new AbortController();
  const answer = collect(session.translate({ segment: 1, text: "one two", history: [] }, stop.signal));
  await clock.advance(3_600_000);
  stop.abort(new DOMException("enough", "AbortError"));
  await assertRejects(() => answer, DOMException, "enough");
});

Deno.test("simulatedSynthesizer() takes its time to the first audio and gives the whole sound, in whatever pieces", async () => {
  const clock = new FakeClock();
  for (const odd of [0, 1]) {
    await using engine = simulatedSynthesizer({ clock, trouble: { tts: { odd } } });
    const spoken = await onClock(
      clock,
      (async () => {
        await using voice = await engine.open({
          language: "es",
          formats: [{ codec: "pcm_s16le", rate: 16_000 }],
          signal,
        });
        const startMs = clock.now();
        let firstMs: number | undefined;
        let position = 0;
        const text = async function* () {
          yield "uno dos ";
          yield "tres";
        };
        for await (const event of voice.speak(text(), { segment: 1, speed: 1 }, signal)) {
          if (event.type !== "frame") continue;
          firstMs ??= clock.now() - startMs;
          assertEquals(event.position, position);
          position += event.samples.length;
        }
        return { firstMs, position };
      })(),
    );
    assertEquals(spoken.position, 10 * 70 * 16);
    assertGreater(spoken.firstMs!, 200);
  }
});

Deno.test("simulatedRecognizer() hears an hour of talk in a moment", async () => {
  const script = Array.from(
    { length: 900 },
    (_, index) => utterance("and so it goes on", 500 + 4000 * index),
  );
  const clock = new FakeClock();
  await using engine = simulatedRecognizer({ clock, script });
  const events: HearingEvent[] = await onClock(
    clock,
    (async () => {
      const format = { codec: "pcm_s16le", rate: 8000 } as const;
      await using hearing = await engine.open({ languages: ["en"], format, glossary: {}, signal });
      return await collect(hearing.hear(silentSource(3_600_000, { rate: 8000 }), signal));
    })(),
  );
  assertEquals(finals(events).length, 900);
});

Deno.test("simulatedRecognizer() loses its connection as often as it is told", async () => {
  const clock = new FakeClock();
  await using engine = simulatedRecognizer({ clock, trouble: { stt: { dropsPerMinute: 1 } } });
  const lostAtMs: number[] = [];
  for (let count = 0; count < 100; count++) {
    await onClock(
      clock,
      (async () => {
        const format = { codec: "pcm_s16le", rate: 8000 } as const;
        await using hearing = await engine.open({ languages: ["en"], format, glossary: {}, signal });
        let atMs = 0;
        const source = silentSource(600_000, {
          rate: 8000,
          messageMs: 1000,
          onFrame: (ms) => void (atMs = ms),
        });
        await assertRejects(() => collect(hearing.hear(source, signal)), PipelineError, "in the script");
        lostAtMs.push(atMs);
      })(),
    );
  }
  const meanMs = lostAtMs.reduce((sum, ms) => sum + ms) / lostAtMs.length;
  assert(meanMs > 42_000 && meanMs < 80_000, `mean ${meanMs}`);
});

Deno.test("The simulated providers take a seed and a profile from the environment", async () => {
  const schema = v.object(simulatedTranslatorProvider.settings);
  const settings = v.parse(schema, {});
  assertEquals(settings, { PARLEY_SIMULATOR_SEED: 1, PARLEY_SIMULATOR_PROFILE: "published" });
  assert(!v.safeParse(schema, { PARLEY_SIMULATOR_PROFILE: "quick" }).success);
  assert(!v.safeParse(schema, { PARLEY_SIMULATOR_SEED: "x" }).success);
  await using recognizer = simulatedRecognizerProvider.create(settings);
  await using translator = simulatedTranslatorProvider.create(settings);
  await using synthesizer = simulatedSynthesizerProvider.create(settings);
  assertEquals([recognizer.name, translator.name, synthesizer.name], Array(3).fill("simulated"));
});

Deno.test("Every profile says where its figures are from", () => {
  assertEquals(profiles.map(({ name }) => name), ["published", "fastest", "slow", "instant"]);
  for (const { stt, mt, tts } of profiles) {
    for (const { sources } of [stt, mt, tts]) {
      assert(sources.length > 0 && sources.every((text) => text !== ""));
    }
  }
});
