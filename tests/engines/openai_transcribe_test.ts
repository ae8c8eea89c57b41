import { assert, assertGreater, assertLess } from "@std/assert";
import { pocketsphinxRecognizer } from "../../adapters/local/pocketsphinx/recognizer.ts";
import { transcribeRecognizer } from "../../adapters/openai_transcribe/recognizer.ts";
import { readHumanTalk } from "../../cli/sample/human.ts";
import { renderClauses } from "../../cli/sample/render.ts";
import type { HearingEvent, Input } from "../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "../conformance/hearing_events.ts";
import { requireEngine } from "../support/engines.ts";
import { transcriptionFace } from "../support/transcription_face.ts";
import { wordErrors } from "../support/wer.ts";

const rate = 16_000;
const { signal } = new AbortController();

const talk = `
Good morning, and thank you for coming.
Today I want to talk about the water that we drink.
Most of us open the tap every day and never ask where it comes from.

Our city takes its water from three rivers,
and one large lake in the mountains.
Last summer was very dry,
and the lake lost almost half of its water.
The farmers had to wait for weeks before they could water their fields.
`;

async function* frames(samples: Int16Array): AsyncGenerator<Input> {
  for (let position = 0; position < samples.length; position += 320) {
    yield { type: "frame", rate, position, samples: samples.subarray(position, position + 320) };
  }
}

/** What the adapter makes of the audio with the local recognizer behind a server on loopback. */
async function hear(
  samples: Int16Array,
  options: { readonly longestMs?: number } = {},
): Promise<HearingEvent[]> {
  await using local = pocketsphinxRecognizer({ warm: 0, max: 1 });
  await using face = await transcriptionFace(local);
  await using engine = transcribeRecognizer({
    address: face.address,
    key: "",
    model: "pocketsphinx",
    answer: "words",
    languages: ["en"],
    ...options,
  });
  const languages = ["en"];
  await using hearing = await engine.open({
    languages,
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal,
  });
  const events: HearingEvent[] = [];
  for await (const event of hearing.hear(frames(samples), signal)) events.push(event);
  assertConsistent(events, { rate, from: 0, to: samples.length, languages });
  assertLess(Math.max(...face.audioMs), (options.longestMs ?? 10_000) + 1);
  return events;
}

Deno.test("openai_transcribe has clear speech understood, with the times of its words", {
  ...requireEngine(["pocketsphinx", "flite"]),
}, async () => {
  const { samples, clauses } = await renderClauses(talk, signal, { voice: "rms", leadMs: 300, tailMs: 700 });
  const events = await hear(Int16Array.from(samples));
  assertLess(wordErrors(talk, transcript(events)).rate, 0.15);
  assertGreater(finals(events).length, 5);
  const words = finals(events).flatMap(({ words }) => words);
  assert(words.every(({ timing }) => timing === "measured"));
  const endMs = words.find(({ text }) => text === "coming")?.endMs ?? NaN;
  assertLess(Math.abs(endMs - clauses[0]!.end * 1000 / rate), 150);
});

Deno.test("openai_transcribe has most of what a human reads understood", {
  ...requireEngine(["pocketsphinx", "librivox"]),
}, async () => {
  const { samples, clauses } = await readHumanTalk(signal);
  const said = clauses.map(({ text }) => text).join(" ");
  assertLess(wordErrors(said, transcript(await hear(Int16Array.from(samples)))).rate, 0.3);
});

Deno.test("openai_transcribe cuts unbroken speech without harm to the words", {
  ...requireEngine(["pocketsphinx", "flite"]),
}, async () => {
  const { samples } = await renderClauses(talk, signal, {
    voice: "rms",
    leadMs: 300,
    tailMs: 700,
    clausePauseMs: 0,
    sentencePauseMs: 0,
    paragraphPauseMs: 0,
  });
  const events = await hear(Int16Array.from(samples), { longestMs: 5000 });
  const errors = wordErrors(talk, transcript(events));
  assertGreater(finals(events).length, 4);
  assertLess(errors.rate, 0.2);
});
