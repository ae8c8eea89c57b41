import { assert, assertEquals, assertLess } from "@std/assert";
import { pocketsphinxRecognizer } from "../../adapters/local/pocketsphinx/recognizer.ts";
import { voskRecognizer } from "../../adapters/vosk/recognizer.ts";
import { renderClauses } from "../../cli/sample/render.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "../conformance/hearing_events.ts";
import { voskServer } from "../support/contract/vosk.ts";
import { requireEngine } from "../support/engines.ts";
import { wordErrors } from "../support/wer.ts";

const rate = 16_000;
const { signal } = new AbortController();
const talk = `
Good morning, and thank you for coming.
Today I want to talk about the water that we drink.
Most of us open the tap every day and never ask where it comes from.
`;

async function hear(engine: SpeechRecognizer, samples: Int16Array): Promise<HearingEvent[]> {
  const languages = ["en-US"];
  await using hearing = await engine.open({
    languages,
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal,
  });
  const input = (async function* (): AsyncGenerator<Input> {
    for (let position = 0; position < samples.length; position += 320) {
      yield { type: "frame", rate, position, samples: samples.slice(position, position + 320) };
    }
    yield { type: "flush", id: 1 };
  })();
  const events: HearingEvent[] = [];
  for await (const event of hearing.hear(input, signal)) events.push(event);
  assertConsistent(events, { rate, from: 0, to: samples.length, languages, flushes: [1] });
  return events;
}

Deno.test("vosk hears clear speech over a socket as well as the recognizer behind it", {
  ...requireEngine(["pocketsphinx", "flite"]),
}, async () => {
  const { samples } = await renderClauses(talk, signal, { leadMs: 300, tailMs: 700, voice: "rms" });
  const speech = Int16Array.from(samples);
  await using local = pocketsphinxRecognizer({ warm: 0, max: 1 });
  const alone = transcript(await hear(local, speech));
  await using server = voskServer({ recognizer: local });
  await using engine = voskRecognizer({ address: server.address, languages: ["en"], concurrency: 1 });
  const events = await hear(engine, speech);
  assertLess(wordErrors(talk, transcript(events)).rate, 0.2);
  assertLess(wordErrors(alone, transcript(events)).rate, 0.1);
  assert(finals(events).length >= 3, `Utterances: ${finals(events).length}`);
  assertEquals(
    finals(events).flatMap(({ words }) => words).find(({ timing }) => timing !== "measured"),
    undefined,
  );
});
