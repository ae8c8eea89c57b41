import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { DecoderProcess } from "../../adapters/local/pocketsphinx/decoder_process.ts";
import {
  defaultModelFolder,
  type PocketsphinxOptions,
  pocketsphinxRecognizer,
} from "../../adapters/local/pocketsphinx/recognizer.ts";
import { readHumanTalk } from "../../cli/sample/human.ts";
import type { Recording } from "../../cli/sample/recording.ts";
import { renderClauses } from "../../cli/sample/render.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { assertConsistent, finals, texts, transcript } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { requireEngine } from "../support/engines.ts";
import { wordErrors } from "../support/wer.ts";

const rate = 16_000;
const { signal } = new AbortController();
const options = { languages: ["en-US"], format: { codec: "pcm_s16le", rate }, glossary: {} } as const;
const needsSpeech = requireEngine(["pocketsphinx", "flite"]);

/** A short talk about everyday things, a clause to a line. */
const talk = `
Good morning, and thank you for coming.
Today I want to talk about the water that we drink.
Most of us open the tap every day and never ask where it comes from.

Our city takes its water from three rivers,
and one large lake in the mountains.
Last summer was very dry,
and the lake lost almost half of its water.
The farmers had to wait for weeks before they could water their fields.

We learned two things from that summer.
First, old pipes lose more water than people use in their gardens.
Second, families are ready to help when somebody explains the problem and shows them what to do.

So this year we started a small program in the schools.
Children measure how much water their family uses in a week.
They bring the numbers to class, and the teacher puts them on a map.
The results surprised everyone, even the experts from the university.
`;

async function render(text: string, pauses = {}): Promise<Int16Array> {
  const { samples } = await renderClauses(text, signal, { leadMs: 300, tailMs: 700, ...pauses });
  return Int16Array.from(samples);
}

async function* frames(samples: Int16Array, onFrame?: () => Promise<void>): AsyncGenerator<Input> {
  for (let position = 0; position < samples.length; position += 320) {
    await onFrame?.();
    yield { type: "frame", rate, position, samples: samples.subarray(position, position + 320) };
  }
}

async function hear(
  engine: SpeechRecognizer,
  samples: Int16Array,
  onEvent?: (event: HearingEvent) => void,
): Promise<HearingEvent[]> {
  await using hearing = await engine.open({ ...options, signal });
  const events: HearingEvent[] = [];
  for await (const event of hearing.hear(frames(samples), signal)) {
    events.push(event);
    onEvent?.(event);
  }
  assertConsistent(events, { rate, from: 0, to: samples.length, languages: options.languages });
  return events;
}

/** A recognizer whose decoder processes are known. */
function watched(more: PocketsphinxOptions = {}) {
  const processes: DecoderProcess[] = [];
  const engine = pocketsphinxRecognizer({
    warm: 1,
    max: 2,
    start: async () => {
      const process = await DecoderProcess.start({ modelFolder: defaultModelFolder });
      processes.push(process);
      return process;
    },
    ...more,
  });
  return { engine, processes };
}

const recording: { utterances?: readonly [Int16Array, Int16Array] } = {};

conformSpeechRecognizer("pocketsphinx", async () => {
  recording.utterances ??= [
    await render("Good morning, and thank you for coming to our city."),
    await render("Every summer the children go to the lake in the mountains."),
  ];
  return {
    create: () => pocketsphinxRecognizer({ warm: 1, max: 2 }),
    options,
    utterances: recording.utterances,
    silence: new Int16Array(2 * rate),
  };
}, needsSpeech);

Deno.test("pocketsphinx understands clear speech", needsSpeech, async () => {
  await using engine = pocketsphinxRecognizer({ warm: 0, max: 1 });
  const said = talk.split("\n\n").slice(0, 2).join("\n\n");
  for (const [voice, bound] of [["slt", 0.4], ["rms", 0.2]] as const) {
    const events = await hear(engine, await render(said, { voice }));
    assertLess(wordErrors(said, transcript(events)).rate, bound, voice);
  }
});

Deno.test("pocketsphinx understands most of what a human reads", {
  ...requireEngine(["pocketsphinx", "librivox"]),
}, async () => {
  await using engine = pocketsphinxRecognizer({ warm: 0, max: 1 });
  const { samples, clauses }: Recording = await readHumanTalk(signal);
  const events = await hear(engine, Int16Array.from(samples));
  const said = clauses.map(({ text }) => text).join(" ");
  assertLess(wordErrors(said, transcript(events)).rate, 0.38);
});

Deno.test(
  "pocketsphinx hears the same when its process is killed in the middle of speech",
  needsSpeech,
  async () => {
    const samples = await render(talk.split("\n\n")[0]!);
    const undisturbed = watched();
    await using _undisturbed = undisturbed.engine;
    const expected = finals(await hear(undisturbed.engine, samples));
    assertGreater(expected.length, 2);
    // In the first utterance, in the last one, and in the one between together with its successor.
    for (const kills of [[[1, 3]], [[expected.length, 2]], [[2, 1], [2, 4]]]) {
      const { engine, processes } = watched();
      await using _engine = engine;
      const left = [...kills];
      const killed: number[] = [];
      const events = await hear(engine, samples, (event) => {
        const [utterance, words] = left[0] ?? [];
        if (event.type !== "hypothesis" || event.final || event.utterance !== utterance) return;
        if (event.words.length < words!) return;
        left.shift();
        const victim = processes.find((process) => process.used && process.alive)!;
        Deno.kill(victim.pid, "SIGKILL");
        killed.push(victim.pid);
      });
      assertEquals(killed.length, kills.length);
      assertEquals(finals(events).map(texts), expected.map(texts));
    }
  },
);

Deno.test("pocketsphinx ends unbroken speech at a bound without harm to the words", needsSpeech, async () => {
  const pauses = { clausePauseMs: 0, sentencePauseMs: 0, paragraphPauseMs: 0 };
  const samples = await render(talk, pauses);
  assertGreater(samples.length / rate, 40);
  await using engine = pocketsphinxRecognizer({ warm: 0, max: 1 });
  const events = await hear(engine, samples);
  for (const { words } of finals(events)) {
    if (words.length > 0) assertLess(words.at(-1)!.endMs - words[0]!.startMs, 20_500);
  }
  assertLess(wordErrors(talk, transcript(events)).rate, 0.36);
});

Deno.test("pocketsphinx has room for so many sessions and starts each in a process of its own", {
  ...requireEngine(["pocketsphinx"]),
}, async () => {
  const { engine, processes } = watched();
  await using _engine = engine;
  const one = await engine.open({ ...options, signal });
  const other = await engine.open({ ...options, signal });
  const error = await assertRejects(
    () => engine.open({ ...options, signal }),
    PipelineError,
    "all 2 decoders",
  );
  assertEquals(error.kind, "concurrency");
  assert(error.retryAfterMs !== undefined);
  await one[Symbol.asyncDispose]();
  await using _third = await engine.open({ ...options, signal });
  await other[Symbol.asyncDispose]();
  assertEquals(processes.length, 2, "a session that heard nothing leaves its process to the next");
  assertEquals(new Set(processes.map(({ pid }) => pid)).size, 2);
});

Deno.test("pocketsphinx leaves no process behind when it is disposed", needsSpeech, async () => {
  const { engine, processes } = watched();
  const samples = await render("Good morning.");
  const hearing = await engine.open({ ...options, signal });
  for await (const _event of hearing.hear(frames(samples), signal)) break;
  await engine[Symbol.asyncDispose]();
  for (const { pid } of processes) {
    await assertRejects(() => Deno.stat(`/proc/${pid}/exe`), Deno.errors.NotFound);
  }
  await hearing[Symbol.asyncDispose]();
});

Deno.test("pocketsphinx says when its model is missing", requireEngine(["pocketsphinx"]), async () => {
  await using engine = pocketsphinxRecognizer({ modelFolder: "/no/model", warm: 1, max: 2 });
  const error = await assertRejects(
    () => engine.open({ ...options, signal }),
    PipelineError,
    "the model in /no/model is missing: apt-get install libpocketsphinx3 pocketsphinx-en-us",
  );
  assertEquals(error.kind, "unavailable");
});
