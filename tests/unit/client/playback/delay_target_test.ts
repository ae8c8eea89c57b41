import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { DelayTarget } from "../../../../client/playback/delay_target.ts";

/** Tells of a run of 100 ms pieces that come every 100 ms from `fromMs` on, some of them late. */
function tellOf(
  target: DelayTarget,
  fromMs: number,
  pieces: number,
  lateMs: (piece: number) => number = () => 0,
) {
  target.begin();
  for (let piece = 0; piece < pieces; piece++) {
    target.arrived(fromMs + piece * 100 + lateMs(piece), piece * 100, 100);
  }
}

Deno.test("DelayTarget is careful until it has seen a thousand arrivals, then as short as the network allows", () => {
  const target = new DelayTarget();
  assertEquals(target.ms, 660);
  tellOf(target, 0, 1_000);
  assertEquals(target.ms, 660);
  tellOf(target, 200_000, 30);
  assertAlmostEquals(target.ms, 160, 1);
});

Deno.test("DelayTarget grows at once when a piece is late, and shrinks after a thousand more", () => {
  const target = new DelayTarget();
  tellOf(target, 0, 1_100);
  tellOf(target, 200_000, 10, (piece) => piece >= 5 ? 900 : 0);
  assertAlmostEquals(target.ms, 1_060, 1);
  tellOf(target, 300_000, 1_100);
  assertAlmostEquals(target.ms, 160, 1);
});

Deno.test("DelayTarget takes speech that comes faster than real time for what it is", () => {
  const target = new DelayTarget();
  for (let run = 0; run < 120; run++) {
    target.begin();
    for (let piece = 0; piece < 10; piece++) target.arrived(run * 1_000 + piece * 10, piece * 100, 100);
  }
  assertAlmostEquals(target.ms, 160, 1);
});

Deno.test("DelayTarget stays between 60 and 2,000 ms", () => {
  const target = new DelayTarget();
  tellOf(target, 0, 20, (piece) => piece >= 10 ? 60_000 : 0);
  assertEquals(target.ms, 2_000);
  const short = new DelayTarget();
  short.begin();
  for (let piece = 0; piece < 1_100; piece++) short.arrived(piece, 100 * piece, 0);
  assertEquals(short.ms, 60);
});

Deno.test("DelayTarget counts pieces that come together once", () => {
  const target = new DelayTarget();
  for (let burst = 0; burst < 20; burst++) {
    target.begin();
    for (let piece = 0; piece < 100; piece++) target.arrived(burst * 1_000, piece * 100, 100);
  }
  assert(target.ms === 660, `the target is ${target.ms}`);
});
