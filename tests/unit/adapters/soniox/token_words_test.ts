import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { WireWord } from "../../../../adapters/net/recognizer_wire.ts";
import { joinTokens, type Token } from "../../../../adapters/soniox/token_words.ts";

function token(text: string, startMs: number, endMs: number, final = true): Token {
  return { text, startMs, endMs, final };
}

function texts(words: readonly WireWord[]): string[] {
  return words.map(({ text }) => text);
}

/** Tokens one after the other in time. */
function tokensOf(
  specs: readonly { text: string; gapMs: number; lengthMs: number }[],
  final: boolean,
): Token[] {
  let atMs = 0;
  return specs.map(({ text, gapMs, lengthMs }) => {
    const startMs = atMs + gapMs;
    atMs = startMs + lengthMs;
    return { text, final, startMs, endMs: atMs };
  });
}

const specs = fc.array(
  fc.record({
    text: fc.oneof(
      fc.constantFrom(
        " be",
        "ginn",
        "ing",
        " ",
        ".",
        " of",
        ",",
        "  ",
        " two words",
        "a b",
        "你",
        "好",
        "，",
      ),
      fc.string({ minLength: 1, maxLength: 4 }),
    ),
    gapMs: fc.nat(200),
    lengthMs: fc.nat(400),
  }),
  { maxLength: 30 },
);
const languages = fc.constantFrom("en", "zh", "ja-JP");

Deno.test("joinTokens() joins parts of words and gives the times of their bounds", () => {
  const tokens = [
    token("Be", 100, 200),
    token("ginn", 200, 300),
    token("ing", 300, 420),
    token(" now", 500, 600),
  ];
  const { settled, open } = joinTokens([...tokens, token(".", 600, 600)], "en");
  assertEquals([settled, open], [
    [{ text: "Beginning", startMs: 100, endMs: 420 }],
    [{ text: "now.", startMs: 500, endMs: 600 }],
  ]);
});

Deno.test("joinTokens() settles a word once the beginning of the next one is final", () => {
  const tokens = (finals: number) =>
    [" one", " tw", "o", " three"].map((text, index) => token(text, index, index + 1, index < finals));
  const settled = [0, 1, 2, 3, 4].map((finals) => texts(joinTokens(tokens(finals), "en").settled));
  assertEquals(settled, [[], [], ["one"], ["one"], ["one", "two"]]);
});

Deno.test("joinTokens() makes a word of each token where words have no spaces between them", () => {
  const tokens = ["你", "好", "，", "我", "用", "iP", "hone", "。"].map((text, index) =>
    token(text, index, index + 1)
  );
  const { settled, open } = joinTokens(tokens, "zh-TW");
  assertEquals([texts(settled), texts(open)], [["你", "好，", "我", "用"], ["iPhone。"]]);
});

Deno.test("joinTokens() shares out the time of a token with several words, and gives none where it is not known", () => {
  const { settled, open, rest } = joinTokens(
    [token(" two words", 1000, 2000), { text: "more", final: true }],
    "en",
  );
  assertEquals(settled, [{ text: "two", startMs: 1100, endMs: 1400, timing: "estimated" }]);
  assertEquals(open, [{ text: "wordsmore", timing: "estimated" }]);
  assertEquals(rest, [{ text: " words", startMs: 1400, endMs: 2000, final: true }, {
    text: "more",
    final: true,
  }]);
});

Deno.test("joinTokens() keeps the text, wherever the tokens were cut", () => {
  fc.assert(fc.property(specs, specs, (finals, tail) => {
    const tokens = [...tokensOf(finals, true), ...tokensOf(tail, false)];
    const { settled, open } = joinTokens(tokens, "en");
    const words = tokens.map(({ text }) => text).join("").split(/\s+/).filter((word) => word !== "");
    assertEquals(texts([...settled, ...open]), words);
  }));
});

Deno.test("joinTokens() goes on from the rest as if all tokens came at once, and takes nothing back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(specs, specs), { maxLength: 6 }), languages, (messages, language) => {
      const appended: WireWord[] = [];
      const finals: Token[] = [];
      let rest: readonly Token[] = [];
      for (const [more, tail] of messages) {
        const fresh = tokensOf(more, true);
        finals.push(...fresh);
        const joined = joinTokens([...rest, ...fresh, ...tokensOf(tail, false)], language);
        appended.push(...joined.settled);
        rest = joined.rest;
        const whole = joinTokens([...finals, ...tokensOf(tail, false)], language);
        assertEquals(texts([...appended, ...joined.open]), texts([...whole.settled, ...whole.open]));
        assertEquals(texts(appended), texts(whole.settled));
        assert(rest.every(({ final }) => final));
      }
    }),
  );
});

Deno.test("joinTokens() gives times that never go back", () => {
  fc.assert(fc.property(specs, languages, (specs, language) => {
    const { settled, open } = joinTokens(tokensOf(specs, true), language);
    let atMs = 0;
    for (const { startMs, endMs } of [...settled, ...open]) {
      assert(startMs! >= atMs - 1e-6 && endMs! >= startMs!, `${startMs} to ${endMs} ms after ${atMs} ms`);
      atMs = endMs!;
    }
  }));
});
