import { assertEquals } from "@std/assert";
import { SourceMap } from "../../../../adapters/net/source_map.ts";

const rate = 1000;

Deno.test("SourceMap.positionAt() follows the source over jumps and silence that was put in", () => {
  const map = new SourceMap(rate);
  assertEquals([map.to, map.positionAt(0, "begins")], [undefined, 0]);
  map.flow(100, 50);
  map.flow(150, 50);
  map.hold(30);
  map.hold(10);
  map.flow(200, 60);
  map.flow(4_294_960_000, 1000);
  assertEquals([map.to, map.lengthMs], [4_294_961_000, 1200]);
  const places = [0, 60, 100, 120, 140, 160, 200, 201, 1200, 5000];
  assertEquals(
    places.map((ms) => map.positionAt(ms, "begins")),
    [100, 160, 200, 200, 200, 220, 4_294_960_000, 4_294_960_001, 4_294_961_000, 4_294_961_000],
  );
  assertEquals(
    places.map((ms) => map.positionAt(ms, "ends")),
    [100, 160, 200, 200, 200, 220, 260, 4_294_960_001, 4_294_961_000, 4_294_961_000],
  );
});

Deno.test("SourceMap forgets what is long past", () => {
  const map = new SourceMap(rate);
  for (let count = 0; count < 10_000; count += 1) map.flow(count * 20, 10);
  assertEquals(map.positionAt(99_995, "begins"), 9999 * 20 + 5);
  assertEquals(map.positionAt(0, "begins"), (10_000 - 256) * 20);
});
