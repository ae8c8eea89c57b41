import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parsePrices, PriceTable } from "../../../../adapters/compose/prices.ts";

Deno.test("parsePrices() reads prices by minute, hour, character and token, for a stage or for all", () => {
  const { prices, unreadable } = parsePrices(
    "deepgram=0.006/minute, soniox = 0.12/hour,deepl=25/million characters, tts:azure=0.016/thousand characters, openai_chat=0.6/million tokens",
  );
  assertEquals(unreadable, []);
  assertEquals(prices, [
    { provider: "deepgram", unit: "minute", amount: 0.006 },
    { provider: "soniox", unit: "minute", amount: 0.002 },
    { provider: "deepl", unit: "character", amount: 25 / 1e6 },
    { provider: "azure", stage: "tts", unit: "character", amount: 0.016 / 1e3 },
    { provider: "openai_chat", unit: "token", amount: 0.6 / 1e6 },
  ]);
});

Deno.test("parsePrices() names what it cannot read by its place", () => {
  const text = "deepl=25/million characters, deepl, deepl=-1/minute, deepl=1/day, pace:deepl=1/minute";
  assertEquals(parsePrices(text).unreadable, [2, 3, 4, 5]);
  assertEquals(parsePrices(""), { prices: [], unreadable: [] });
});

Deno.test("parsePrices() never throws, whatever is written", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const { prices } = parsePrices(text);
    return prices.every(({ amount }) => amount >= 0);
  }));
});

Deno.test("PriceTable.cost() adds up what a provider charges for at that stage", () => {
  const { prices } = parsePrices(
    "azure=10/million characters, tts:azure=16/million characters, deepgram=0.6/hour",
  );
  const table = new PriceTable(prices);
  assertAlmostEquals(table.cost("mt", "azure", { characters: 1e6 }), 10);
  assertAlmostEquals(table.cost("tts", "azure", { characters: 1e6, audioMs: 60_000 }), 16);
  assertAlmostEquals(table.cost("stt", "deepgram", { audioMs: 90_000 }), 0.015);
  assertEquals(table.cost("stt", "pocketsphinx", { audioMs: 90_000, tokens: 5 }), 0);
});
