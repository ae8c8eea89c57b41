import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { type Clip, joinClips } from "../../../../cli/sample/recording.ts";

/** Silence, a loud stretch, silence. */
function clip(text: string, lead: number, loud: number, tail: number, pauseMs = 100): Clip {
  const samples = new Int16Array(lead + loud + tail);
  samples.fill(5000, lead, lead + loud);
  return { text, samples, pauseMs };
}

/** At -50 dBFS. */
const LOUD = 32768 * 10 ** -2.5;

Deno.test("joinClips() knows to the sample where each clause is", () => {
  const { rate, samples, clauses } = joinClips([
    clip("one", 1000, 800, 2000, 250),
    clip("two", 0, 400, 0, 9000),
  ], { rate: 1000, leadMs: 300, tailMs: 700 });
  // The pauses, and of each clip its speech with 30 samples of what it has on either side.
  assertEquals(rate, 1000);
  assertEquals(clauses, [{ text: "one", start: 330, end: 1130 }, { text: "two", start: 1410, end: 1810 }]);
  assertEquals(samples.length, 1810 + 700);
});

Deno.test("joinClips() keeps what is above -50 dBFS inside the clauses", () => {
  const soft = {
    text: "soft",
    samples: Int16Array.from({ length: 900 }, (_, at) => at % 7 * 33),
    pauseMs: 40,
  };
  const { samples, clauses } = joinClips([clip("one", 50, 80, 50), soft, clip("two", 9, 40, 90)], {
    rate: 8000,
  });
  const loud = Array.from(samples.keys()).filter((at) => Math.abs(samples[at]!) > LOUD);
  const inside = loud.filter((at) => clauses.some(({ start, end }) => start <= at && at < end));
  assertEquals(inside, loud);
  for (const { start, end } of clauses) {
    assertEquals(loud.includes(start) && loud.includes(end - 1), true);
  }
});

Deno.test("joinClips() fills pauses with a low noise, the same every time", () => {
  const join = () => joinClips([clip("one", 0, 10, 0)], { rate: 8000, leadMs: 1000, tailMs: 0 }).samples;
  const pause = join().subarray(0, 8000);
  assertEquals(join(), join());
  assertEquals(new Set(pause).size > 10, true);
  for (const sample of pause) assertLess(Math.abs(sample), LOUD / 10);
  const mean = pause.reduce((sum, sample) => sum + sample, 0) / pause.length;
  assertLess(Math.abs(mean), 0.5);
});

Deno.test("joinClips() cuts off what gets too loud", () => {
  const { samples } = joinClips([{ text: "", samples: new Int16Array(500).fill(32767), pauseMs: 0 }], {
    rate: 8000,
  });
  assertEquals(samples.every((sample) => sample > -100), true);
});

Deno.test("joinClips() refuses a silent clip", () => {
  assertThrows(() => joinClips([clip("one", 5, 0, 5)], { rate: 8000 }), RangeError, "silent");
});
