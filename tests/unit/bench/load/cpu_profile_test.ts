import { assertEquals } from "@std/assert";
import { readProfile } from "../../../../bench/load/cpu_profile.ts";

const project = new URL("../../../../", import.meta.url).href;

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
  children,
});

Deno.test("readProfile() gives what the platform does to whoever called it, and leaves idling out", () => {
  const { root, areas } = readProfile({
    nodes: [
      node(1, "(root)", "", [2, 3, 6]),
      node(2, "(idle)", ""),
      node(3, "message", `${project}sessions/session.ts`, [4, 5]),
      node(4, "stringify", ""),
      node(5, "add", `${project}pipeline/stages/segment.ts`),
      node(6, "(garbage collector)", ""),
    ],
    samples: [2, 3, 4, 5, 6],
    timeDeltas: [9000, 1000, 2000, 3000, 4000],
  });
  assertEquals(root.ms, 10);
  assertEquals([...areas], [["platform", 4], ["sessions and protocol", 3], ["pipeline", 3]]);
  const [session] = root.children;
  assertEquals([session?.where, session?.ms], ["sessions/session.ts:10", 6]);
});
