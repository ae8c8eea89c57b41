import { assert, assertEquals } from "@std/assert";
import { resilient } from "../../../../adapters/compose/mod.ts";
import { recognizersTogether } from "../../../../adapters/compose/recognizer_traits.ts";
import { Splice } from "../../../../adapters/compose/splice.ts";
import type { OwnMoment } from "../../../../adapters/fake/own_listener.ts";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import type { HearingEvent, OwnTarget } from "../../../../pipeline/ports.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const pcm = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
const pairs = ["es", "fr"].map((target) => ({ source: "en", target }));
const format = pcm(16_000);
const script = [utterance("the old house", 500), utterance("we go home", 4000)];
const moments: readonly OwnMoment[] = [
  { atMs: 1600, append: "la casa", tentative: " vieja", sourceToMs: 1100, speechMs: 200 },
  { atMs: 2000, append: " vieja.", sourceToMs: 1400, speechMs: 100 },
  { atMs: 5500, append: " Vamos a casa.", sourceToMs: 4900, speechMs: 300 },
];

function recognizer(options: FakeRecognizerOptions = {}) {
  return fakeRecognizer({
    script,
    finalDelayMs: 200,
    endpointDelayMs: 200,
    own: {
      translates: { pairs, atOnce: 2 },
      speaks: { pairs, atOnce: 2, formats: [pcm(24_000), pcm(16_000)] },
      moments,
    },
    ...options,
  });
}

async function hear(engines: readonly [ReturnType<typeof recognizer>, ...ReturnType<typeof recognizer>[]]) {
  const clock = new FakeClock();
  const { options, background } = surroundings(clock);
  const engine = resilient("stt", engines, options);
  const { signal } = new AbortController();
  const targets: readonly OwnTarget[] = [{ target: "es", speech: pcm(24_000) }];
  const hearing = await engine.open({ languages: ["en"], format, glossary: {}, targets, signal });
  const events: HearingEvent[] = [];
  const reading = (async () => {
    const source = silentSource(7000, { onFrame: () => clock.advance(100) });
    for await (const event of hearing.hear(source, signal)) events.push(event);
  })();
  let ended = false;
  reading.then(() => ended = true, () => ended = true);
  for (let step = 0; step < 3000 && !ended; step += 1) await clock.advance(step < 2000 ? 0 : 100);
  assert(ended, "the hearing did not end");
  await reading;
  await hearing[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await background.drain(0);
  return events;
}

function text(events: readonly HearingEvent[]): string {
  return events.map((event) => event.type === "translation" ? event.append : "").join("");
}

Deno.test("resilient() passes on what a recognizer translates and speaks itself", async () => {
  const events = await hear([recognizer()]);
  assertEquals(text(events), "la casa vieja. Vamos a casa.");
  const spoken = events.flatMap((event) =>
    event.type === "speech" && event.audio.type === "frame" ? [event.audio] : []
  );
  assertEquals(spoken.reduce((sum, { samples }) => sum + samples.length, 0), 0.6 * 24_000);
});

Deno.test("resilient() has text translated once that another recognizer hears again, where its place is known", async () => {
  const failing = recognizer({ name: "first", faults: [{ fault: "unavailable", atMs: 1700 }] });
  assertEquals(text(await hear([failing, recognizer({ name: "second" })])), "la casa vieja. Vamos a casa.");
});

Deno.test("Splice passes on text whose place is not known, and what may still change", () => {
  const splice = new Splice({ rate: 16_000, stableAfterMs: 0, language: "en" });
  const event = {
    type: "translation",
    target: "es",
    append: "",
    tentative: "tal vez",
    sourceTo: 100,
  } as const;
  assertEquals(splice.take(event), [event]);
  const more = { ...event, append: "otra" };
  assertEquals(splice.take(more), [more]);
  splice.switchOver();
  assertEquals(splice.take(more), []);
  const { sourceTo: __, ...unplaced } = event;
  assertEquals(splice.take(event), [unplaced], "A place that goes back is left out");
  const { sourceTo: _, ...placeless } = { ...event, append: "otra" };
  assertEquals(splice.take(placeless), [placeless]);
});

Deno.test("recognizersTogether() counts as built in what each of them does", () => {
  const { traits } = recognizer();
  assertEquals(recognizersTogether([traits]).speaks, traits.speaks);
  const less = {
    ...traits,
    translates: { pairs: pairs.slice(1), atOnce: 1 },
    speaks: { pairs, atOnce: 1, formats: [pcm(16_000)] },
  };
  const both = recognizersTogether([traits, less]);
  const bounded = (withinMs: number) => ({ ...traits, translates: { ...traits.translates!, withinMs } });
  assertEquals(recognizersTogether([bounded(3000), bounded(6000)]).translates?.withinMs, 6000);
  assert(!("withinMs" in recognizersTogether([bounded(3000), traits]).translates!));
  assertEquals(both.translates, less.translates);
  assertEquals(both.speaks, less.speaks);
  const { translates, speaks } = recognizersTogether([traits, fakeRecognizer().traits]);
  assertEquals([translates, speaks], [undefined, undefined]);
});
