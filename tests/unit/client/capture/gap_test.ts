import { assertEquals } from "@std/assert";
import { Gap } from "../../../../client/capture/gap.ts";

Deno.test("Gap.end() counts what is missing, without the samples that came", () => {
  const gap = new Gap(16_000);
  gap.begin(1_000);
  assertEquals(gap.end(1_520, 320), 8_000);
  assertEquals(gap.end(5_000, 320), 0);
});

Deno.test("Gap.begin() counts from the first time it is said", () => {
  const gap = new Gap(16_000);
  gap.begin(0);
  gap.begin(900);
  assertEquals(gap.end(1_000, 0), 16_000);
});

Deno.test("Gap.end() takes less than 60 ms for the clocks' own unsteadiness, and never goes back", () => {
  const gap = new Gap(16_000);
  gap.begin(0);
  assertEquals(gap.end(79, 320), 0);
  gap.begin(100);
  assertEquals(gap.end(101, 320), 0);
  gap.begin(200);
  assertEquals(gap.end(280, 320), 960);
});
