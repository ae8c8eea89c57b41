import { assertEquals } from "@std/assert";
import { Settlement } from "../../../../pipeline/stages/settle.ts";

Deno.test("Settlement passes a checkpoint when every lane has finished its segments", () => {
  const settlement = new Settlement([1, 2], 1);
  assertEquals(settlement.checkpoint(16000, 2), undefined);
  assertEquals(settlement.finish(1, 2), undefined);
  assertEquals(settlement.finish(2, 1), undefined);
  assertEquals(settlement.finish(2, 2), { position: 16000, through: 2 });
});

Deno.test("Settlement passes at once what holds no segment, and several checkpoints together", () => {
  const settlement = new Settlement([1], 5);
  assertEquals(settlement.checkpoint(800, 4), { position: 800, through: 4 });
  assertEquals(settlement.checkpoint(1600, 5), undefined);
  assertEquals(settlement.checkpoint(2400, 5), undefined);
  assertEquals(settlement.finish(1, 5), { position: 2400, through: 5 });
});
