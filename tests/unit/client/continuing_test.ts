import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../adapters/fake/random.ts";
import { cutTalk, randomCuts, randomScript } from "../../support/cut_talk.ts";

const talks = 10;
const cutsEach = 20;

Deno.test("ClientSession tells the same of a talk, whenever it is cut and whatever instance goes on", async () => {
  let continued = 0;
  for (let seed = 1; seed <= talks; seed++) {
    const random = new Random(seed);
    const cuts = randomCuts(random, cutsEach);
    const lengthMs = 240 * Math.ceil((cuts.at(-1)!.atMs + cuts.at(-1)!.forMs + 6_000) / 240);
    const script = randomScript(random, lengthMs);
    const { states: _, continued: never, heardAgainMs, ...whole } = await cutTalk(script, lengthMs, []);
    assertEquals([never, heardAgainMs], [0, 0]);
    const latencyMs = random.whole(1, 60);
    const { states, continued: moves, heardAgainMs: again, ...told } = await cutTalk(script, lengthMs, cuts, {
      latencyMs,
      random,
    });
    assertEquals(told, whole, `seed ${seed}`);
    assertEquals(states.at(-1), "ended");
    assert(moves > 0 && again > 0);
    continued += moves;
  }
  assert(continued > talks * cutsEach / 4, `${continued} moves`);
});
