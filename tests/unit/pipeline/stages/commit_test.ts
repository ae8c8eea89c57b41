import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Hypothesis, Word } from "../../../../pipeline/ports.ts";
import { Committer } from "../../../../pipeline/stages/commit.ts";

const rate = 16000;

function words(text: string): Word[] {
  return text.split(" ").filter((word) => word !== "").map((text, index) => ({
    text,
    startMs: index * 300,
    endMs: index * 300 + 280,
    timing: "measured",
  }));
}

function hypothesis(text: string, heardMs: number, more: Partial<Hypothesis> = {}): Hypothesis {
  return {
    type: "hypothesis",
    utterance: 1,
    words: words(text),
    stable: 0,
    final: false,
    language: "en",
    heardTo: heardMs * rate / 1000,
    settledTo: 0,
    ...more,
  };
}

function text(words: readonly Word[]): string {
  return words.map((word) => word.text).join(" ");
}

Deno.test("Committer.update() commits a word once it stayed the same for the recognizer's span", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  assertEquals(text(committer.update(hypothesis("the old", 1000)).committed), "");
  assertEquals(text(committer.update(hypothesis("the old house", 1300)).committed), "");
  const third = committer.update(hypothesis("the old house", 1400));
  assertEquals(text(third.committed), "the old");
  assertEquals(text(third.tentative), "house");
});

Deno.test("Committer.update() starts counting again for a word that changed and for all after it", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  committer.update(hypothesis("the gold house", 1000));
  assertEquals(text(committer.update(hypothesis("the old house", 1300)).committed), "");
  assertEquals(text(committer.update(hypothesis("the old house", 1400)).committed), "the");
  assertEquals(text(committer.update(hypothesis("the old house", 1700)).committed), "old house");
});

Deno.test("Committer.update() commits what the recognizer calls stable at once", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  assertEquals(text(committer.update(hypothesis("we met today", 1000, { stable: 2 })).committed), "we met");
});

Deno.test("Committer.update() commits everything with the final hypothesis and begins the next utterance empty", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  committer.update(hypothesis("we met", 1000));
  const final = committer.update(hypothesis("we met today", 1100, { final: true }));
  assertEquals([text(final.committed), text(final.tentative), final.final], ["we met today", "", true]);
  assertEquals(text(committer.update(hypothesis("and left", 2000, { utterance: 2 })).tentative), "and left");
});

Deno.test("Committer.update() keeps what was committed when a later hypothesis contradicts it, and takes what follows", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  committer.update(hypothesis("a nice day", 1000));
  assertEquals(text(committer.update(hypothesis("a nice day", 1400)).committed), "a nice day");
  const final = committer.update(hypothesis("an ice day by the sea", 2000, { final: true }));
  assertEquals(text(final.committed), "by the sea");
});

Deno.test("Committer.update() commits nothing twice when the final is shorter than what was committed", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  committer.update(hypothesis("one two three", 1000, { stable: 3 }));
  assertEquals(text(committer.update(hypothesis("one two", 1400, { final: true })).committed), "");
});

Deno.test("Committer.update() takes an empty final after committed words", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  committer.update(hypothesis("one two", 1000, { stable: 2 }));
  const final = committer.update(hypothesis("", 1400, { final: true }));
  assertEquals([text(final.committed), text(final.tentative)], ["", ""]);
});

Deno.test("Committer.progress() lets the words of the last hypothesis age", () => {
  const committer = new Committer({ rate, stableAfterMs: 400 });
  assertEquals(committer.progress(0), undefined);
  committer.update(hypothesis("slow speech", 1000));
  assertEquals(text(committer.progress(1200 * 16)?.committed ?? []), "");
  assertEquals(text(committer.progress(1400 * 16)?.committed ?? []), "slow speech");
  committer.update(hypothesis("slow speech", 1500, { final: true }));
  assertEquals(committer.progress(2000 * 16), undefined);
});

const vocabulary = fc.constantFrom("a", "b", "c", "d");

function committedOf(
  revisions: readonly (readonly string[])[],
  stepMs: number,
  stableAfterMs: number,
): string[] {
  const committer = new Committer({ rate, stableAfterMs });
  return revisions.flatMap((revision, index) => {
    const final = index === revisions.length - 1;
    return committer.update(hypothesis(revision.join(" "), index * stepMs, { final })).committed.map((word) =>
      word.text
    );
  });
}

Deno.test("Committer.update() commits exactly the final of a transcript that only grows, whatever the pace", () => {
  const growing = fc.tuple(
    fc.array(vocabulary, { maxLength: 12 }),
    fc.array(fc.nat(12), { maxLength: 12 }),
    fc.nat(300),
  );
  fc.assert(fc.property(growing, ([sentence, lengths, stepMs]) => {
    const revisions = [
      ...lengths.toSorted((one, other) => one - other).map((length) => sentence.slice(0, length)),
      sentence,
    ];
    assertEquals(committedOf(revisions, stepMs, 200), sentence);
  }));
});

Deno.test("Committer.update() commits exactly the final when nothing was trusted before it", () => {
  const revisions = fc.array(fc.array(vocabulary, { maxLength: 8 }), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(revisions, (revisions) => {
    assertEquals(committedOf(revisions, 100, 1e9), revisions.at(-1)!);
  }));
});

Deno.test("Committer.update() ends with the final's last word unless that was committed in other words before", () => {
  const revisions = fc.array(fc.array(vocabulary, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(revisions, (revisions) => {
    const committed = committedOf(revisions, 100, 150);
    const final = revisions.at(-1)!;
    assert(committed.length >= Math.min(1, final.length));
    if (committed.length < final.length) assertEquals(committed.at(-1), final.at(-1));
  }));
});
