import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { espeak } from "../../adapters/local/espeak/mod.ts";
import { espeakSynthesizer } from "../../adapters/local/espeak/synthesizer.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { SpeechEvent, SpeechSynthesizer, Voice } from "../../pipeline/ports.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { requireEngine } from "../support/engines.ts";
import { runningProcesses } from "../support/processes.ts";

const required = requireEngine(["espeak"]);
const signal = new AbortController().signal;
const rate = 22050;
const formats = [{ codec: "pcm_s16le" as const, rate }];

conformSpeechSynthesizer("espeak", () => ({
  create: () => espeak.create({ PARLEY_ESPEAK_WPM: 175, PARLEY_ESPEAK_MAX: 8 }),
  options: { language: "es", formats: [{ codec: "pcm_s16le", rate: 24000 }, ...formats] },
  text: "La casa de mi abuela es muy grande y tiene un jardín.",
  short: "Buenos días.",
}), required);

function open(engine: SpeechSynthesizer, language = "es"): Promise<Voice> {
  return engine.open({ language, formats, signal });
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function say(events: AsyncIterable<SpeechEvent>): Promise<Int16Array> {
  const samples: number[] = [];
  for await (const event of events) if (event.type === "frame") samples.push(...event.samples);
  return Int16Array.from(samples);
}

/** The processes of espeak-ng that this one has started. */
function children(): { pid: number }[] {
  return runningProcesses().filter(({ parent, name }) => parent === Deno.pid && name === "espeak-ng");
}

Deno.test("espeak speaks with every voice that it offers", required, async () => {
  await using engine = espeakSynthesizer();
  for (const { name, language } of engine.traits.voices) {
    await using voice = await engine.open({ language, voice: name, formats, signal });
    const samples = await say(voice.speak(once("Radio 5"), { segment: 1, speed: 1 }, signal));
    assert(samples.length > rate / 4, `The voice ${name} says almost nothing`);
  }
});

Deno.test("espeak begins with sound and leaves 100 ms of silence at the end", required, async () => {
  await using engine = espeakSynthesizer();
  await using voice = await open(engine);
  for (const text of ["La casa es grande.", "sí", "¿Qué?", "hola, amigo,"]) {
    const samples = await say(voice.speak(once(text), { segment: 1, speed: 1 }, signal));
    const loud = (sample: number) => Math.abs(sample) > 104;
    assertEquals(samples.findIndex(loud), 0);
    assertEquals(samples.length - 1 - samples.findLastIndex(loud), rate / 10);
  }
});

Deno.test("espeak reads text as text: no phonemes, no marks, no options", required, async () => {
  await using engine = espeakSynthesizer();
  await using voice = await open(engine, "en");
  const length = async (text: string) =>
    (await say(voice.speak(once(text), { segment: 1, speed: 1 }, signal))).length;
  const usual = await length("hello there");
  // As phonemes, this would be three vowels of no length.
  assert(await length("[[aaaa aaaa aaaa aaaa]] hello there") > usual * 1.5, "Brackets are read as phonemes");
  assertLess(usual, await length("<prosody rate='x-fast'>hello there</prosody>"));
  assertLess(0, await length("--version"));
});

Deno.test(
  "espeak says that it is not available when it is killed in the middle of speech",
  required,
  async () => {
    await using engine = espeakSynthesizer();
    await using voice = await open(engine);
    // So much that the process has to wait for its listener.
    const text = "La casa de mi abuela es muy grande. ".repeat(100);
    let killed = false;
    const error = await assertRejects(async () => {
      for await (const _event of voice.speak(once(text), { segment: 1, speed: 1 }, signal)) {
        if (killed) continue;
        const [child] = children();
        Deno.kill(child!.pid, "SIGKILL");
        killed = true;
      }
    }, PipelineError);
    assertEquals(error.kind, "unavailable");
    const samples = await say(voice.speak(once("Buenos días."), { segment: 2, speed: 1 }, signal));
    assert(samples.length > 0);
  },
);

Deno.test("espeak leaves no process behind when it is aborted", required, async () => {
  await using engine = espeakSynthesizer();
  await using voice = await open(engine);
  const abort = new AbortController();
  const reason = new Error("enough");
  const text = "La casa de mi abuela es muy grande. ".repeat(100);
  const outcome = await (async () => {
    for await (const _event of voice.speak(once(text), { segment: 1, speed: 1 }, abort.signal)) {
      assertEquals(children().length, 1);
      abort.abort(reason);
    }
  })().catch((error) => error);
  assertEquals(outcome, reason);
  assertEquals(children(), []);
});

Deno.test("espeak lets only so many processes run", required, async () => {
  await using engine = espeakSynthesizer({ processes: 2, waitingLimit: 2 });
  await using voice = await open(engine);
  const text = "La casa de mi abuela es muy grande. ".repeat(100);
  const abort = new AbortController();
  const begin = (segment: number) =>
    voice.speak(once(text), { segment, speed: 1 }, abort.signal)[Symbol.asyncIterator]();
  const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map(begin);
  const [one, other] = await Promise.all([first!.next(), second!.next()]);
  assert(!one.done && !other.done);
  const waiting = [third!.next(), fourth!.next()].map((next) => next.catch((error) => error));
  const refused = await fifth!.next().catch((error: unknown) => error);
  assert(refused instanceof PipelineError && refused.kind === "overloaded");
  assertEquals(children().length, 2);
  await first!.return?.();
  assertEquals((await waiting[0]).done, false);
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await waiting[1], reason);
  for (const iterator of [second, third]) {
    assertEquals(await iterator!.next().catch((error) => error), reason);
  }
  assertEquals(children(), []);
});
