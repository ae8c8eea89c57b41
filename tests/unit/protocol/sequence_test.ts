import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { advance, distance, isAfter } from "../../../protocol/sequence.ts";
import { vectors } from "./vectors.ts";

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

Deno.test("distance() is the golden one, over the wrap-around too", () => {
  for (const { from, to, distance: expected } of vectors.sequence) {
    assertEquals(distance(from, to), expected, `from ${from} to ${to}`);
    assertEquals(isAfter(to, from), expected > 0, `${to} after ${from}`);
  }
});

Deno.test("advance() and distance() are each other's inverse", () => {
  fc.assert(fc.property(uint32, fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), (from, by) => {
    assertEquals(distance(from, advance(from, by)), by);
  }));
});

Deno.test("isAfter() holds for one direction only, and for none at 2^31", () => {
  fc.assert(fc.property(uint32, uint32, (one, other) => {
    const far = Math.abs(distance(one, other)) === 0x8000_0000;
    const after = isAfter(one, other);
    assert(!(after && isAfter(other, one)));
    assertEquals(after || isAfter(other, one), one !== other && !far);
  }));
});
