import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Pieces } from "../../../media/pieces.ts";

function ramp(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => from + index);
}

Deno.test("Pieces.push() hands on at once what is long enough", () => {
  const pieces = new Pieces(16_000);
  assertEquals([...pieces.push(ramp(0, 320))], [ramp(0, 320)]);
  assertEquals([...pieces.push(ramp(320, 160))], [ramp(320, 160)]);
});

Deno.test("Pieces.push() joins short pieces and cuts long ones", () => {
  const pieces = new Pieces(16_000);
  assertEquals([...pieces.push(ramp(0, 100))], []);
  assertEquals([...pieces.push(ramp(100, 100))], [ramp(0, 200)]);
  assertEquals([...pieces.push(ramp(200, 3300))].map((piece) => piece.length), [1600, 1600]);
  assertEquals([...pieces.finish()], [ramp(3400, 100)]);
  assertEquals([...pieces.finish()], []);
});

Deno.test("Pieces keeps every sample in order, in pieces of 10 to 100 ms", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 900 })), (lengths) => {
    const pieces = new Pieces(4000);
    let count = 0;
    const out: Int16Array[] = [];
    for (const length of lengths) {
      out.push(...pieces.push(ramp(count, length)));
      count += length;
    }
    for (const piece of out) assertEquals(piece.length >= 40 && piece.length <= 400, true);
    const rest = [...pieces.finish()];
    assertEquals(rest.length <= 1 && rest.every((piece) => piece.length < 40), true);
    assertEquals([...out, ...rest].flatMap((piece) => [...piece]), [...ramp(0, count)]);
  }));
});
