import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { Random } from "../../../../adapters/fake/random.ts";

function draws(random: Random, count = 5): number[] {
  return Array.from({ length: count }, () => random.next());
}

Deno.test("Random gives the same numbers for the same seed", () => {
  assertEquals(draws(new Random(7)), draws(new Random(7)));
  assertNotEquals(draws(new Random(7)), draws(new Random(8)));
});

Deno.test("Random gives the numbers that are written here, on every machine", () => {
  assertEquals(draws(new Random(1), 2).map((number) => number.toFixed(9)), ["0.630559453", "0.116301557"]);
});

Deno.test("Random.fork() gives chance of its own: what one part draws does not change the other", () => {
  const one = new Random(3);
  const other = new Random(3);
  const [fork, forkToo] = [one.fork(), other.fork()];
  draws(fork, 100);
  assertEquals(draws(one), draws(other));
  draws(forkToo, 100);
  assertEquals(draws(fork), draws(forkToo));
});

Deno.test("Random.normal() and wait() have the moments of their distributions", () => {
  const random = new Random(5);
  const normal = Array.from({ length: 50_000 }, () => random.normal());
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
  assertAlmostEquals(mean(normal), 0, 0.02);
  assertAlmostEquals(mean(normal.map((value) => value ** 2)), 1, 0.03);
  assertAlmostEquals(mean(Array.from({ length: 50_000 }, () => random.wait(4))), 0.25, 0.01);
  assertEquals(random.wait(0), Infinity);
});

Deno.test("Random.whole() and pick() reach both ends and nothing beyond", () => {
  const random = new Random(9);
  const seen = new Set(Array.from({ length: 1000 }, () => random.whole(2, 4)));
  assertEquals([...seen].sort(), [2, 3, 4]);
  assert(Array.from({ length: 100 }, () => random.pick(["a", "b"])).includes("b"));
});
