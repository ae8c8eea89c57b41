import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { fakeTranslator, type FakeTranslatorOptions } from "../../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { TranslationEvent } from "../../../../pipeline/ports.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const signal = new AbortController().signal;
const pair = { source: "en", target: "es", glossary: {}, signal };

async function pieces(events: AsyncIterable<TranslationEvent>): Promise<string[]> {
  const texts: string[] = [];
  for await (const event of events) if (event.type === "append") texts.push(event.text);
  return texts;
}

async function translate(options: FakeTranslatorOptions, text: string, segment = 1): Promise<string[]> {
  await using engine = fakeTranslator(options);
  await using session = await engine.open(pair);
  return await pieces(session.translate({ segment, text, history: [] }, signal));
}

Deno.test("fakeTranslator() marks the words and gives them one by one", async () => {
  assertEquals(await translate({}, "hello, wide world"), ["es:hello, ", "es:wide ", "es:world"]);
});

Deno.test("fakeTranslator() follows the glossary", async () => {
  await using engine = fakeTranslator();
  await using session = await engine.open({ ...pair, glossary: { Parley: "PARLEY" } });
  const given = await pieces(
    session.translate({ segment: 1, text: "constructor Parley", history: [] }, signal),
  );
  assertEquals(given.join(""), "es:constructor PARLEY");
});

Deno.test("fakeTranslator() translates with a given function, which is told about the request", async () => {
  const seen: unknown[] = [];
  const given = await translate(
    {
      translate: (text, { target, request }) => {
        seen.push(target, request.segment);
        return text.toUpperCase();
      },
    },
    "a b",
    4,
  );
  assertEquals([given.join(""), seen], ["A B", ["es", 4]]);
});

Deno.test("fakeTranslator() takes its time on the given clock", async () => {
  const clock = new FakeClock();
  await using engine = fakeTranslator({ delayMs: 100, wordDelayMs: 10, clock });
  await using session = await engine.open(pair);
  const times: number[] = [];
  const done = (async () => {
    for await (const event of session.translate({ segment: 1, text: "one two", history: [] }, signal)) {
      if (event.type === "append") times.push(clock.now());
    }
  })();
  await clock.advance(200);
  await done;
  assertEquals(times, [110, 120]);
});

Deno.test("fakeTranslator() plays faults for the segments and pieces that they name, so many times", async () => {
  await using engine = fakeTranslator({
    faults: [{ segment: 2, fault: "timeout", times: 2 }, { segment: 3, fault: "overloaded", afterPieces: 1 }],
  });
  await using session = await engine.open(pair);
  const attempt = async (segment: number) => {
    const given: string[] = [];
    try {
      for await (const event of session.translate({ segment, text: "one two", history: [] }, signal)) {
        if (event.type === "append") given.push(event.text);
      }
      return given.join("");
    } catch (error) {
      assertInstanceOf(error, PipelineError);
      return `${given.join("")}!${error.kind}`;
    }
  };
  assertEquals(await attempt(1), "es:one es:two");
  assertEquals([await attempt(2), await attempt(2), await attempt(2)], [
    "!timeout",
    "!timeout",
    "es:one es:two",
  ]);
  assertEquals([await attempt(3), await attempt(3)], ["es:one !overloaded", "es:one es:two"]);
});

Deno.test("fakeTranslator() stalls until it is aborted", async () => {
  await using engine = fakeTranslator({ faults: [{ fault: "stall" }] });
  await using session = await engine.open(pair);
  const abort = new AbortController();
  const outcome = pieces(session.translate({ segment: 1, text: "one", history: [] }, abort.signal)).catch((
    error,
  ) => error);
  const reason = new Error("enough");
  setTimeout(() => abort.abort(reason));
  assertStrictEquals(await outcome, reason);
});

Deno.test("fakeTranslator() ends what it does when its session is disposed", async () => {
  await using engine = fakeTranslator({ faults: [{ fault: "stall" }] });
  const session = await engine.open(pair);
  const outcome = pieces(session.translate({ segment: 1, text: "one", history: [] }, signal)).catch((error) =>
    error
  );
  await session[Symbol.asyncDispose]();
  assertInstanceOf(await outcome, PipelineError);
});

Deno.test("fakeTranslator() fails to open as often as the script says", async () => {
  await using engine = fakeTranslator({ openFaults: [{ fault: "concurrency", times: 2 }] });
  for (let round = 0; round < 2; round += 1) {
    const error = await assertRejects(() => engine.open(pair), PipelineError);
    assertEquals(error.kind, "concurrency");
  }
  await (await engine.open(pair))[Symbol.asyncDispose]();
});
