import { assertEquals } from "@std/assert";
import { cuesOf } from "../../../web/cue.ts";
import { clause } from "./clauses.ts";

Deno.test("cuesOf() gives each side the times of the speech", () => {
  const clauses = [clause(1, [500, 2_000], "the  old\nhouse", "la casa vieja")];
  assertEquals(cuesOf(clauses, "source"), [{ id: 1, startMs: 500, endMs: 2_000, text: "the old house" }]);
  assertEquals(cuesOf(clauses, "target")[0]?.text, "la casa vieja");
});

Deno.test("cuesOf() leaves out what has no text or no place", () => {
  const growing = { ...clause(3, [0, 1], "we", ""), place: undefined };
  const { place: _, ...unplaced } = growing;
  assertEquals(cuesOf([clause(1, [0, 900], "one", ""), unplaced], "target"), []);
  assertEquals(cuesOf([unplaced], "source"), []);
});

Deno.test("cuesOf() shows a short clause for a second, or until the next one begins", () => {
  const clauses = [clause(1, [0, 100], "a", "b"), clause(2, [400, 500], "c", "d")];
  assertEquals(cuesOf(clauses, "source").map(({ endMs }) => endMs), [400, 1_400]);
});
