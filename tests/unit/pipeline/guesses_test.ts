import { assert, assertEquals, assertRejects } from "@std/assert";
import { fakeRecognizer } from "../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../adapters/fake/script.ts";
import { fakeSynthesizer } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../adapters/fake/translator.ts";
import { Guesses, type GuessOutcome } from "../../../pipeline/guesses.ts";
import { interpret } from "../../../pipeline/interpret.ts";
import type { Translation, TranslationRequest } from "../../../pipeline/ports.ts";
import type { SessionEvent } from "../../../pipeline/session_event.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { silentSource } from "../../support/source.ts";

const delayMs = 200;

/** A translator that takes its time, what it was asked for and what it was stopped in; `fail` makes it fail. */
function setUp({ takesMs = delayMs, mayGuess = true, fails = (_text: string): boolean => false } = {}) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const stopped: string[] = [];
  const outcomes: [number, GuessOutcome][] = [];
  const translation: Translation = {
    async *translate({ text }, signal) {
      asked.push(text);
      signal.addEventListener("abort", () => stopped.push(text), { once: true });
      await clock.sleep(takesMs, signal);
      if (fails(text)) throw new Error("The translator failed");
      yield { type: "append", text: `es:${text}` };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const guesses = new Guesses(() => translation, {
    clock,
    mayGuess: () => mayGuess,
    onOutcome: (segment, outcome) => outcomes.push([segment, outcome]),
  });
  const stop = new AbortController();
  const running = guesses.run(stop.signal);
  const request = (segment: number, text: string): TranslationRequest => ({ segment, text, history: [] });
  /** Translates, and says how long it took. */
  const translate = async (segment: number, text: string) => {
    const startMs = clock.now();
    let tookMs = NaN;
    const reading = (async () => {
      for await (const event of guesses.translate(request(segment, text), stop.signal)) {
        assertEquals(event, { type: "append", text: `es:${text}` });
        tookMs = clock.now() - startMs;
      }
    })();
    reading.catch(() => {});
    await clock.advance(delayMs);
    await reading;
    return tookMs;
  };
  return {
    clock,
    asked,
    stopped,
    outcomes,
    guesses,
    translate,
    guess: (segment: number, text: string) => guesses.guess(request(segment, text)),
    async end() {
      guesses.close();
      await running;
      assertEquals(clock.pending, 0);
    },
  };
}

Deno.test("Guesses hands out what was guessed right without a second request", async () => {
  const { clock, asked, outcomes, guess, translate, end } = setUp();
  assertEquals(await translate(1, "one."), 200);
  guess(2, "two.");
  guess(2, "two.");
  await clock.advance(150);
  assertEquals(await translate(2, "two."), 50);
  guess(3, "three.");
  await clock.advance(500);
  assertEquals(await translate(3, "three."), 0);
  assertEquals(asked, ["one.", "two.", "three."]);
  assertEquals(outcomes, [[2, "right"], [3, "right"]]);
  await end();
});

Deno.test("Guesses gives up what was guessed wrong, and asks for what it became", async () => {
  const { clock, asked, stopped, outcomes, guess, translate, end } = setUp();
  await translate(1, "one.");
  guess(2, "too.");
  await clock.advance(100);
  assertEquals(await translate(2, "two."), 200);
  assertEquals([asked, stopped], [["one.", "too.", "two."], ["too."]]);
  assertEquals(outcomes, [[2, "wrong"]]);
  await end();
});

Deno.test("Guesses has only so much for wrong guesses", async () => {
  const { asked, outcomes, guess, translate, end } = setUp();
  for (let segment = 1; segment <= 21; segment += 1) {
    await translate(segment, "a thing.");
    guess(segment + 1, "another thing.");
  }
  await end();
  const wrong = asked.filter((text) => text === "another thing.").length;
  assertEquals(wrong, outcomes.length);
  // Two to begin with, and one for every four segments.
  assert(wrong >= 6 && wrong <= 7, `${wrong} wrong guesses`);
});

Deno.test("Guesses asks nothing ahead where the translator answers at once, or it must not", async () => {
  for (const options of [{ takesMs: 5 }, { mayGuess: false }]) {
    const { asked, guess, translate, end } = setUp(options);
    await translate(1, "one.");
    guess(2, "two.");
    await translate(2, "two.");
    assertEquals(asked, ["one.", "two."]);
    await end();
  }
});

Deno.test("Guesses takes a guess that failed for none, and a request that failed for a failure", async () => {
  let left = 1;
  const fails = (text: string) => text === "two." && left-- > 0 || text === "three.";
  const { clock, asked, guess, translate, end } = setUp({ fails });
  await translate(1, "one.");
  guess(2, "two.");
  await clock.advance(300);
  assertEquals(await translate(2, "two."), 200);
  assertEquals(asked, ["one.", "two.", "two."]);
  await assertRejects(() => translate(3, "three."), Error, "The translator failed");
  await end();
});

Deno.test("Guesses guesses nothing while something certain is translated, or after it was closed", async () => {
  const { clock, asked, guesses, guess, translate, end } = setUp();
  await translate(1, "one.");
  const translating = translate(2, "two.");
  guess(3, "three.");
  await translating;
  guesses.close();
  guess(3, "three.");
  await clock.advance(0);
  assertEquals(asked, ["one.", "two."]);
  await end();
});

/** Interprets a talk with punctuation whose interim words need 400 ms until they are certain. */
async function interpretTalk(mayGuess: boolean) {
  const clock = new FakeClock();
  const script = [
    utterance("the house is old. we go home now. the sea is near. they like the garden, they say", 500),
  ];
  const services = {
    recognizer: fakeRecognizer({
      script,
      interimDelayMs: 100,
      finalDelayMs: 500,
      endpointDelayMs: 500,
      stableAfterMs: 400,
    }),
    translator: fakeTranslator({ clock, delayMs: 150 }),
    synthesizer: fakeSynthesizer({ clock, delayMs: 50, msPerCharacter: 10 }),
    clock,
    mayGuess: () => mayGuess,
  };
  const options = {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate: 16_000 },
    outputs: services.synthesizer.traits.formats,
    glossary: {},
  } as const;
  const { signal } = new AbortController();
  const source = silentSource(9000, { onFrame: () => clock.advance(100) });
  const events: SessionEvent[] = [];
  let ended = false;
  const reading = (async () => {
    for await (const event of interpret(source, services, options, signal).events) events.push(event);
    ended = true;
  })();
  for (let step = 0; step < 5000 && !ended; step += 1) await clock.advance(step < 2000 ? 0 : 100);
  await reading;
  const spoken = events.flatMap((event) => event.type === "spoken" ? [event] : []);
  const texts = events.flatMap((event) =>
    event.type === "caption" && event.lane === 1 && event.final ? [event.stable] : []
  );
  const guessed = events.flatMap((event) => event.type === "guessed" ? [event.outcome] : []);
  return { mtMs: spoken.map(({ timing }) => timing.mtMs), texts, guessed };
}

Deno.test("interpret() translates clauses before they are certain, and says the same as without", async () => {
  const [with_, without] = [await interpretTalk(true), await interpretTalk(false)];
  assertEquals(with_.texts, without.texts);
  assertEquals(without.mtMs.every((ms) => ms === 150), true, `${without.mtMs}`);
  assertEquals(without.guessed, []);
  // The first is not guessed: nobody knows yet that the translator is slow.
  assertEquals(with_.mtMs[0], 150);
  assertEquals(with_.mtMs.slice(1, 3), [0, 0]);
  assertEquals(with_.guessed.filter((outcome) => outcome === "right").length >= 2, true, `${with_.guessed}`);
});
