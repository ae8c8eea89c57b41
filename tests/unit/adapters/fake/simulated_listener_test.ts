import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { profileNamed } from "../../../../adapters/fake/profiles/mod.ts";
import { Random } from "../../../../adapters/fake/random.ts";
import { type ScriptedUtterance, utterance } from "../../../../adapters/fake/script.ts";
import { ScriptedListener } from "../../../../adapters/fake/scripted_listener.ts";
import { SimulatedListener } from "../../../../adapters/fake/simulated_listener.ts";
import type { HearingTrouble } from "../../../../adapters/fake/trouble.ts";
import { quantileMs } from "../../../../adapters/fake/latency.ts";
import type { HearingEvent } from "../../../../pipeline/ports.ts";
import { assertConsistent, finals, texts } from "../../../conformance/hearing_events.ts";

const rate = 16_000;
const script = [utterance("one two three", 500), utterance("four five", 2000), utterance("six", 4000)];

function listener(
  { seed = 1, profile = "published", trouble = {}, talk = script }: {
    seed?: number;
    profile?: string;
    trouble?: HearingTrouble;
    talk?: readonly ScriptedUtterance[];
  } = {},
): SimulatedListener {
  return new SimulatedListener({
    inner: new ScriptedListener(talk, {}, { rate, language: "en" }),
    rate,
    profile: profileNamed(profile),
    trouble,
    random: new Random(seed),
  });
}

function hear(
  listener: SimulatedListener,
  lengthMs = 8000,
  sizes: readonly number[] = [320],
): HearingEvent[] {
  const events: HearingEvent[] = [];
  for (let position = 0, index = 0; position < lengthMs * rate / 1000; index++) {
    const samples = new Int16Array(sizes[index % sizes.length]!);
    events.push(...listener.hear({ type: "frame", rate, position, samples }));
    position += samples.length;
  }
  return [...events, ...listener.end()];
}

Deno.test("SimulatedListener reports the finals as late as the profile says", () => {
  const { finalMs } = profileNamed("published").stt;
  const lateness = Array.from({ length: 40 }, (_, seed) => finals(hear(listener({ seed })))).flatMap((
    found,
  ) => found.map((final) => final.heardTo * 1000 / rate - final.words.at(-1)!.endMs));
  assertEquals(lateness.length, 120);
  for (const ms of lateness) {
    assertGreaterOrEqual(ms, quantileMs(finalMs, -4) - 1);
    assertLessOrEqual(ms, quantileMs(finalMs, 4) + 20);
  }
  assert(new Set(lateness).size > 100, "the times differ");
});

Deno.test("SimulatedListener hears the same for the same seed, however the sound is cut", () => {
  const usual = hear(listener({ seed: 5, trouble: { misheard: 0.3 } }));
  const sizes = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(sizes, (sizes) => {
    const events = hear(listener({ seed: 5, trouble: { misheard: 0.3 } }), 8000, sizes);
    const words = (all: readonly HearingEvent[]) => finals(all).map((final) => texts(final).join(" "));
    assertEquals(words(events), words(usual));
  }));
});

Deno.test("SimulatedListener keeps to the port with all the trouble that the port allows", () => {
  const share = fc.constantFrom(0, 0.5, 1);
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.record({
        misheard: share,
        late: share,
        empty: share,
        shorter: share,
        contradicting: share,
        endpointFirst: share,
      }),
      fc.array(fc.integer({ min: 100, max: 9000 }), { minLength: 1, maxLength: 6 }),
      (seed, trouble, sizes) => {
        const one = listener({ seed, trouble });
        const events = hear(one, 8000, sizes);
        assertConsistent(events, { rate, from: 0, to: one.heardTo, languages: ["en"] });
        assertEquals(finals(events).length, script.length);
      },
    ),
  );
});

Deno.test("SimulatedListener repeats, empties, shortens and contradicts finals when it is told to", () => {
  const words = (trouble: HearingTrouble) => finals(hear(listener({ trouble }))).map(texts);
  assertEquals(words({ duplicated: 1 }).map(({ length }) => length), [3, 3, 2, 2, 1, 1]);
  assertEquals(words({ empty: 1 }), [[], [], []]);
  assert(words({ shorter: 1 }).some((words, index) => words.length < script[index]!.words.length));
  const changed = words({ contradicting: 1 }).flat();
  assert(changed.some((word, index) => word !== script.flatMap(({ words }) => words)[index]!.text));
});

Deno.test("SimulatedListener reports an endpoint before its final when it is told to", () => {
  const order = hear(listener({ trouble: { endpointFirst: 1 } })).flatMap((event) =>
    event.type === "endpoint" ? ["endpoint"] : event.type === "hypothesis" && event.final ? ["final"] : []
  );
  assertEquals(order, ["endpoint", "final", "endpoint", "final", "endpoint", "final"]);
});

Deno.test("SimulatedListener.flush() makes final at once what was heard", () => {
  const one = listener();
  const samples = new Int16Array(rate * 1.2);
  const before = one.hear({ type: "frame", rate, position: 0, samples });
  assertEquals(finals(before), []);
  const flushed = one.flush();
  assertEquals(finals(flushed).map(texts), [["one", "two"]]);
  assertEquals(one.speaking, false);
});
