import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { JitterBuffer, type SpeechPiece } from "../../../../client/playback/jitter_buffer.ts";
import { type Arrival, arrivals, randomFrom } from "./uneven_network.ts";

const rate = 8_000;
const quantumMs = 10;

function piece(
  segment: number,
  position: number,
  samples: Int16Array,
  ends: Partial<SpeechPiece> = {},
): SpeechPiece {
  return { segment, position, samples, start: false, end: false, ...ends };
}

/** A tone, which has no jump of its own and no silence. */
const hum = (samples: number) =>
  Int16Array.from({ length: samples }, (_, index) => 8_000 + 1_000 * Math.sin(index / 10));

/** Plays what arrives, 10 ms at a time, for so long. `drift` is how much faster the listener's clock runs. */
function play(buffer: JitterBuffer, coming: readonly Arrival[], untilMs: number, drift = 0) {
  const heard: number[] = [];
  const quantum = new Float32Array(rate * quantumMs / 1_000);
  const done: number[] = [];
  let deepestMs = 0;
  let next = 0;
  for (let step = 0; step * quantumMs < untilMs; step++) {
    const nowMs = step * quantumMs;
    while (next < coming.length && coming[next]!.atMs * (1 + drift) <= nowMs) {
      buffer.push(coming[next++]!.piece, nowMs);
    }
    buffer.pull(quantum, nowMs);
    heard.push(...quantum);
    done.push(...buffer.takeDone());
    deepestMs = Math.max(deepestMs, buffer.waitingMs);
  }
  return { heard, done, deepestMs };
}

Deno.test("JitterBuffer has no gap within a segment, with 150 ms of jitter and stalls of 400 ms in 2 % of the pieces", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(1, 1.2, 2, 5, 50),
      fc.constantFrom(20, 60, 100, 200),
      (seed, speed, pieceMs) => {
        const random = randomFrom(seed);
        let fromMs = 0;
        const segments = Array.from({ length: 12 }, () => {
          const segment = { fromMs, lengthMs: 300 + Math.floor(5_000 * random()) };
          fromMs += segment.lengthMs + 1_500 * random();
          return segment;
        });
        const coming = arrivals(segments, {
          rate,
          pieceMs,
          speed,
          jitterMs: 150,
          stallPercent: 2,
          stallMs: 400,
          random,
        });
        const buffer = new JitterBuffer(rate);
        const { done } = play(buffer, coming, fromMs + 5_000);
        assertEquals(buffer.gaps, 0);
        assertEquals(done, segments.map((_, index) => index + 1));
      },
    ),
    { numRuns: 40, seed: 20 },
  );
});

Deno.test("JitterBuffer plays every sample, in order, once", () => {
  // Positions are the samples themselves, shifted so that none is silent.
  const segments = [{ fromMs: 0, lengthMs: 1_000 }, { fromMs: 3_000, lengthMs: 700 }];
  const network = {
    rate,
    pieceMs: 60,
    speed: 1,
    jitterMs: 100,
    stallPercent: 0,
    stallMs: 0,
    random: randomFrom(1),
  };
  const { heard } = play(new JitterBuffer(rate), arrivals(segments, network, (at) => 100 + at), 6_000);
  const fade = rate * 5 / 1_000;
  const played = heard.filter((sample) => sample > 0.0001).map((sample) => Math.round(sample * 32_768) - 100);
  const expected = Array.from({ length: 13_600 }, (_, index) => index);
  for (const [from, to] of [[fade, 8_000], [8_000 + fade, 13_600]] as const) {
    const start = played.indexOf(from);
    assertEquals(played.slice(start, start + to - from), expected.slice(from, to));
  }
});

Deno.test("JitterBuffer waits for as much speech as its target, and not at all for a segment that is there", () => {
  const quantum = new Float32Array(80);
  const waiting = new JitterBuffer(rate);
  waiting.push(piece(1, 0, hum(800), { start: true }), 0);
  for (let nowMs = 0; nowMs < 650; nowMs += 10) {
    waiting.pull(quantum, nowMs);
    assertEquals(waiting.playing, false);
  }
  waiting.pull(quantum, 660);
  assertEquals(waiting.playing, true);

  const deep = new JitterBuffer(rate);
  for (let at = 0; at < 6_000; at += 800) deep.push(piece(1, at, hum(800), { start: at === 0 }), 0);
  deep.pull(quantum, 0);
  assertEquals(deep.playing, true);

  const whole = new JitterBuffer(rate);
  whole.push(piece(1, 0, hum(800), { start: true, end: true }), 0);
  whole.pull(quantum, 0);
  assertEquals(whole.playing, true);
});

Deno.test("JitterBuffer joins segments that wait without a gap or a click", () => {
  const buffer = new JitterBuffer(rate);
  buffer.push(piece(1, 0, hum(2_000), { start: true, end: true }), 0);
  buffer.push(
    piece(2, 2_000, Int16Array.from(hum(2_000), (sample) => -sample), { start: true, end: true }),
    0,
  );
  const { heard, done } = play(buffer, [], 600);
  // 5 ms of both sound together, and 5 ms fade at the end.
  assertAlmostEquals(heard.findLastIndex((sample) => sample < -0.2), 2_000 - 40 + 2_000 - 1, 10);
  for (const [index, sample] of heard.entries()) {
    assertLess(Math.abs(sample - (heard[index - 1] ?? 0)), 0.02, `a click at ${index}`);
  }
  assertEquals(done, [1, 2]);
});

Deno.test("JitterBuffer has no click where speech runs dry, where it goes on, or where it is cleared", () => {
  const buffer = new JitterBuffer(rate);
  const late = [
    { atMs: 0, piece: piece(1, 0, hum(6_000), { start: true }) },
    { atMs: 2_000, piece: piece(1, 6_000, hum(4_000), { end: true }) },
  ];
  const first = play(buffer, late, 2_200);
  assertEquals(buffer.gaps, 1);
  assertEquals(buffer.clear(), [1]);
  const second = play(buffer, [], 100);
  const heard = [...first.heard, ...second.heard];
  for (const [index, sample] of heard.entries()) {
    assertLess(Math.abs(sample - (heard[index - 1] ?? 0)), 0.02, `a click at ${index}`);
  }
  assertEquals(second.heard.slice(-100).some((sample) => sample !== 0), false);
  assertEquals([second.done, buffer.waitingMs], [[], 0]);
});

Deno.test("JitterBuffer cuts the silence between segments that wait to 150 ms", () => {
  const spoken = new Int16Array(8_000);
  spoken.set(hum(4_000));
  const buffer = new JitterBuffer(rate);
  buffer.push(piece(1, 0, spoken, { start: true, end: true }), 0);
  buffer.push(piece(2, 8_000, hum(4_000), { start: true, end: true }), 0);
  const { heard } = play(buffer, [], 2_000);
  const pause = heard.slice(4_000).findIndex((sample) => sample > 0.1);
  assertAlmostEquals(pause, 0.15 * rate, 0.005 * rate + 1);
  // Nothing waits: then it is left as it is.
  const alone = new JitterBuffer(rate);
  alone.push(piece(1, 0, spoken, { start: true, end: true }), 0);
  assertEquals(play(alone, [], 2_000).done, [1]);
});

Deno.test("JitterBuffer stays level when the service's clock and the listener's differ, for ten minutes of speech without a pause", () => {
  for (const drift of [-0.001, 0.001]) {
    const segments = Array.from({ length: 200 }, (_, index) => ({ fromMs: index * 3_000, lengthMs: 3_000 }));
    const network = {
      rate,
      pieceMs: 100,
      speed: 1,
      jitterMs: 20,
      stallPercent: 0,
      stallMs: 0,
      random: randomFrom(5),
    };
    // Each segment ends with 200 ms of silence, as voices do.
    const coming = arrivals(segments, network, (at) => at % (3 * rate) < 2.8 * rate ? 8_000 : 0);
    const buffer = new JitterBuffer(rate);
    const { deepestMs, done } = play(buffer, coming, 200 * 3_000 * (1 + drift) + 5_000, drift);
    assertEquals([buffer.gaps, done.length], [0, 200]);
    assertLess(deepestMs, 1_000);
  }
});

Deno.test("JitterBuffer goes on after speech that was cancelled: the jump begins afresh", () => {
  const buffer = new JitterBuffer(rate);
  buffer.push(piece(1, 0, hum(800), { start: true }), 0);
  buffer.push(piece(3, 9_000, hum(800), { start: true, end: true }), 0);
  const { done } = play(buffer, [], 1_000);
  assertEquals(done, [3]);
  assertEquals([buffer.heard, buffer.gaps], [{ segment: 3, position: 9_800 }, 0]);
});

Deno.test("JitterBuffer.takeDone() tells of a segment whose end comes without sound, after all of it was heard", () => {
  const buffer = new JitterBuffer(rate);
  const coming = [
    { atMs: 0, piece: piece(1, 0, hum(6_000), { start: true }) },
    { atMs: 400, piece: piece(1, 6_000, new Int16Array(0), { end: true }) },
    { atMs: 500, piece: piece(2, 6_000, new Int16Array(0), { start: true, end: true }) },
  ];
  const { done } = play(buffer, coming, 1_500);
  assertEquals([done, buffer.gaps], [[1, 2], 0]);
});

Deno.test("JitterBuffer.push() never lets more than the limit wait: the oldest segments go, but for the one that is being said", () => {
  const buffer = new JitterBuffer(rate, 1_000);
  const quantum = new Float32Array(80);
  assertEquals(buffer.push(piece(1, 0, hum(4_000), { start: true, end: true }), 0), []);
  buffer.pull(quantum, 0);
  assertEquals(buffer.push(piece(2, 4_000, hum(3_000), { start: true, end: true }), 0), []);
  assertEquals(buffer.push(piece(3, 7_000, hum(3_000), { start: true, end: true }), 0), [2]);
  assertEquals(buffer.push(piece(4, 10_000, hum(9_000), { start: true, end: true }), 0), [3, 4]);
  assertEquals(play(buffer, [], 2_000).done, [1]);
});

Deno.test("JitterBuffer plays positions that go beyond 2³²", () => {
  const buffer = new JitterBuffer(rate);
  buffer.push(piece(1, 4_294_967_000, hum(400), { start: true }), 0);
  buffer.push(piece(1, 104, hum(400), { end: true }), 0);
  const { done } = play(buffer, [], 500);
  assertEquals([done, buffer.heard, buffer.gaps], [[1], { segment: 1, position: 504 }, 0]);
});

Deno.test("JitterBuffer.pull() gives silence when nothing came", () => {
  const quantum = new Float32Array(128).fill(1);
  new JitterBuffer(rate).pull(quantum, 0);
  assert(quantum.every((sample) => sample === 0));
});
