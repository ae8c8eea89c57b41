import { assertEquals } from "@std/assert";
import { Retelling } from "../../../client/retelling.ts";
import type { Caption } from "../../../protocol/server_message.ts";

function caption(revision: number, stable: string, tentative = "", final = false): Caption {
  return { type: "caption", seq: 1, lane: 1, segment: 7, revision, stable, tentative, final };
}

Deno.test("Retelling lets everything through while one instance tells", () => {
  const retelling = new Retelling();
  assertEquals(retelling.caption(caption(1, "", "we")), caption(1, "", "we"));
  assertEquals(retelling.caption(caption(2, "", "he")), caption(2, "", "he"));
  assertEquals(retelling.caption(caption(5, "we go", "", true)), caption(5, "we go", "", true));
});

Deno.test("Retelling waits until another instance has caught up, and counts on", () => {
  const retelling = new Retelling();
  retelling.caption(caption(4, "the old", " house"));
  retelling.begin();
  assertEquals(retelling.caption(caption(1, "", "the")), undefined, "less than was shown");
  assertEquals(
    retelling.caption(caption(2, "", "the odd house is")),
    undefined,
    "not the stable text that was shown",
  );
  assertEquals(retelling.caption(caption(3, "the old house", "")), undefined, "the same in all");
  assertEquals(retelling.caption(caption(4, "the old house", " is")), caption(5, "the old house", " is"));
  assertEquals(
    retelling.caption(caption(5, "the old house is", "", true)),
    caption(6, "the old house is", "", true),
  );
});

Deno.test("Retelling tells a final text once, even where another instance says it in other words", () => {
  const retelling = new Retelling();
  retelling.caption(caption(3, "the old house", "", true));
  retelling.begin();
  assertEquals(retelling.caption(caption(1, "the old")), undefined);
  assertEquals(retelling.caption(caption(2, "the old house", "", true)), undefined);
  retelling.begin();
  assertEquals(retelling.caption(caption(2, "the odd house", "", true)), undefined);
});
