import { assertEquals } from "@std/assert";
import type { HearingEvent, SpeechRecognizer, Word } from "../../../pipeline/ports.ts";
import { unheard } from "../../../sessions/unheard.ts";

const word = (text: string, startMs: number, endMs: number): Word => ({
  text,
  startMs,
  endMs,
  timing: "measured",
});
const words = [word("we", 0, 300), word("go", 300, 600), word("home", 600, 1_000)];
const hypothesis = { type: "hypothesis", utterance: 1, language: "en", heardTo: 1, settledTo: 0 } as const;

async function heardOf(events: readonly HearingEvent[], fromMs: number): Promise<HearingEvent[]> {
  const recognizer = {
    name: "scripted",
    traits: {},
    open: () =>
      Promise.resolve({
        async *hear() {
          yield* await Promise.resolve(events);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  } as unknown as SpeechRecognizer;
  const { signal } = new AbortController();
  const format = { codec: "pcm_s16le", rate: 16_000 } as const;
  await using hearing = await unheard(recognizer, { fromMs, utterance: 4 }).open({
    languages: ["en"],
    format,
    glossary: {},
    signal,
  });
  return await Array.fromAsync(hearing.hear((async function* () {})(), signal));
}

Deno.test("unheard() leaves out the words whose middle is known, and counts utterances on", async () => {
  const heard = await heardOf([
    { type: "speech_started", utterance: 1, position: 0 },
    { ...hypothesis, words: words.slice(0, 1), stable: 1, final: false },
    { ...hypothesis, words, stable: 2, final: false },
    { ...hypothesis, words, stable: 3, final: true },
    { type: "endpoint", utterance: 1, position: 16_000 },
    { type: "flushed", id: 3 },
  ], 460);
  assertEquals(heard, [
    { type: "speech_started", utterance: 5, position: 0 },
    { ...hypothesis, utterance: 5, words: [], stable: 0, final: false },
    { ...hypothesis, utterance: 5, words: words.slice(2), stable: 0, final: false },
    { ...hypothesis, utterance: 5, words: words.slice(2), stable: 1, final: true },
    { type: "endpoint", utterance: 5, position: 16_000 },
    { type: "flushed", id: 3 },
  ]);
});

Deno.test("unheard() keeps a word of which more than half is new", async () => {
  const [heard] = await heardOf([{ ...hypothesis, words, stable: 3, final: true }], 440);
  assertEquals(heard?.type === "hypothesis" && heard.words.map(({ text }) => text), ["go", "home"]);
});
