import { assertEquals } from "@std/assert";
import { Captions } from "../../../web/captions.ts";

const lanes = [
  { lane: 0, language: "en", rate: 16_000 },
  { lane: 1, language: "es", rate: 22_050 },
];
const caption = (segment: number, lane: number, stable: string, tentative = "", final = false) =>
  ({ type: "caption", segment, lane, stable, tentative, final }) as const;
const segment = (segment: number, text: string) =>
  ({ type: "segment", segment, start: 16_000, end: 48_000, text }) as const;

Deno.test("Captions.take() grows a clause from its first words to its translation and timing", () => {
  const captions = new Captions(lanes);
  captions.take(caption(1, 0, "the", "old"));
  assertEquals(captions.clause(1)?.source, { stable: "the", tentative: "old", final: false });
  assertEquals(captions.clause(1)?.place, undefined);
  captions.take(segment(1, "the old house"));
  assertEquals(captions.clause(1)?.place, { startMs: 1_000, endMs: 3_000 });
  captions.take(caption(1, 1, "la casa", "", true));
  captions.take({ type: "timing", segment: 1, audioMs: 900, lagMs: 700 });
  const clause = captions.clause(1)!;
  assertEquals([clause.source.stable, clause.target.stable, clause.targetLanguage, clause.timing?.lagMs], [
    "the old house",
    "la casa",
    "es",
    700,
  ]);
});

Deno.test("Captions.takeChanges() names each clause that changed once, in order", () => {
  const captions = new Captions(lanes);
  captions.take(caption(2, 0, "", "we"));
  captions.take(caption(1, 1, "la"));
  captions.take(caption(2, 0, "we", "go"));
  assertEquals(captions.takeChanges(), [1, 2]);
  assertEquals(captions.takeChanges(), []);
});

Deno.test("Captions.take() takes back words that were no words", () => {
  const captions = new Captions(lanes);
  captions.take(caption(1, 0, "", "uh"));
  captions.takeChanges();
  captions.take(caption(1, 0, "", ""));
  assertEquals(captions.size, 0);
  assertEquals(captions.takeChanges(), [1]);
});

Deno.test("Captions.take() follows a change of the target language", () => {
  const captions = new Captions(lanes);
  captions.take(segment(1, "one"));
  captions.take(caption(1, 1, "uno"));
  captions.take({ type: "lanes", lanes: [lanes[0]!, { lane: 2, language: "ca", rate: 22_050 }] });
  captions.take(caption(2, 2, "dos"));
  assertEquals(captions.clauses.map(({ targetLanguage }) => targetLanguage), ["es", "ca"]);
});

Deno.test("Captions.take() remembers why a clause is not spoken", () => {
  const captions = new Captions(lanes);
  captions.take(segment(1, "one"));
  captions.take({ type: "skipped", segment: 1, reason: "late" });
  assertEquals(captions.clause(1)?.skipped, "late");
});

Deno.test("Captions keeps no more than its limit, and counts what goes", () => {
  const captions = new Captions(lanes, 3);
  for (let number = 1; number <= 5; number++) captions.take(segment(number, "x"));
  assertEquals(captions.clauses.map(({ segment }) => segment), [3, 4, 5]);
  assertEquals(captions.forgotten, 2);
  captions.take(caption(5, 1, "y"));
  assertEquals(captions.forgotten, 2);
});
