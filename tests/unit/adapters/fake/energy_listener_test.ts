import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EnergyListener } from "../../../../adapters/fake/energy_listener.ts";
import { Tone } from "../../../../adapters/fake/tone.ts";
import type { HearingEvent } from "../../../../pipeline/ports.ts";
import { assertConsistent, finals, texts } from "../../../conformance/hearing_events.ts";

const rate = 16000;
const tone = new Tone(440, rate);

/** Sound and silence in turn, beginning with silence, each as long as given. */
function signal(...durationsMs: number[]): Int16Array {
  const parts = durationsMs.map((ms, index) => {
    const length = ms * rate / 1000;
    return index % 2 === 0 ? new Int16Array(length) : tone.samples(0, length);
  });
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

function hear(samples: Int16Array, sizes: readonly number[] = [320]): HearingEvent[] {
  const listener = new EnergyListener({ rate, language: "en" });
  const events: HearingEvent[] = [];
  for (let position = 0, index = 0; position < samples.length; index += 1) {
    const part = samples.slice(position, position + sizes[index % sizes.length]!);
    events.push(...listener.hear({ type: "frame", rate, position, samples: part }));
    position += part.length;
  }
  return [...events, ...listener.end()];
}

Deno.test("EnergyListener hears a word in every 300 ms of sound and an endpoint after 300 ms of silence", () => {
  const events = hear(signal(200, 700, 290, 200, 500, 300));
  assertEquals(finals(events).map((final) => texts(final).join(" ")), ["word1 word2 word3", "word4"]);
  const marks = events.filter((event) => event.type === "speech_started" || event.type === "endpoint");
  assertEquals(marks.map((event) => event.position * 1000 / rate), [200, 1390, 1890, 2190]);
  const words = finals(events).flatMap((final) => final.words.map(({ startMs, endMs }) => [startMs, endMs]));
  assertEquals(words, [[200, 500], [500, 800], [800, 1390], [1890, 2190]]);
});

Deno.test("EnergyListener ends an utterance that goes on without a pause", () => {
  const events = hear(signal(0, 20_000));
  assertEquals(finals(events).map((final) => final.words.length), [50, 17]);
});

Deno.test("EnergyListener reports the same however the sound is cut", () => {
  const samples = signal(200, 700, 290, 200, 500, 300, 100);
  const usual = hear(samples);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      assertEquals(hear(samples, sizes), usual);
    }),
  );
});

Deno.test("EnergyListener keeps to the port whatever is flushed or missing", () => {
  const samples = signal(100, 700, 200, 200, 500, 300, 100);
  const place = fc.nat(Math.floor(samples.length / 320));
  fc.assert(fc.property(fc.array(place, { maxLength: 5 }), place, place, (flushes, one, other) => {
    const listener = new EnergyListener({ rate, language: "en" });
    const events: HearingEvent[] = [];
    for (let index = 0; index * 320 < samples.length; index += 1) {
      if (flushes.includes(index)) events.push(...listener.flush(), { type: "flushed", id: index });
      if (index >= Math.min(one, other) && index < Math.max(one, other)) continue;
      const position = index * 320;
      const part = samples.slice(position, position + 320);
      events.push(...listener.hear({ type: "frame", rate, position, samples: part }));
    }
    events.push(...listener.end());
    const asked = events.flatMap((event) => event.type === "flushed" ? [event.id] : []);
    assertConsistent(events, { rate, from: 0, to: samples.length, languages: ["en"], flushes: asked });
  }));
});
