import { assertEquals, assertThrows } from "@std/assert";
import { encodeRequest, payloadLimit } from "../../../../../adapters/local/pocketsphinx/exchange.ts";

Deno.test("encodeRequest() puts kind and length before the samples", () => {
  const samples = new Int16Array([7, 1, -2, 7]).subarray(1, 3);
  assertEquals([...encodeRequest("audio", samples)], [1, 0, 0, 0, 4, 0, 0, 0, 1, 0, 254, 255]);
  assertEquals([...encodeRequest("finish")], [2, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("encodeRequest() refuses more audio than the decoder takes", () => {
  assertEquals(encodeRequest("audio", new Int16Array(payloadLimit / 2)).length, payloadLimit + 8);
  assertThrows(
    () => encodeRequest("audio", new Int16Array(payloadLimit / 2 + 1)),
    RangeError,
    "at most 16000",
  );
});
