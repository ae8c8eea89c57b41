import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { utf8Bytes } from "../../../protocol/json.ts";

Deno.test("utf8Bytes() counts as the encoder does, unpaired surrogates too", () => {
  const encoder = new TextEncoder();
  fc.assert(fc.property(
    fc.oneof(
      fc.uint16Array().map((units) => String.fromCharCode(...units)),
      fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })).map((units) => String.fromCharCode(...units)),
    ),
    (text) => assertEquals(utf8Bytes(text), encoder.encode(text).length),
  ));
});
