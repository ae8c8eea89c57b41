import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { Chunk } from "../../../../../adapters/local/pocketsphinx/chunker.ts";
import { DecoderPool } from "../../../../../adapters/local/pocketsphinx/pool.ts";
import { SteadyDecoder } from "../../../../../adapters/local/pocketsphinx/steady_decoder.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import type { HearingEvent } from "../../../../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "../../../../conformance/hearing_events.ts";
import { LevelDecoder } from "./level_decoder.ts";

const rate = 16_000;
const chunkSamples = 800;

/** A source: words, named by their levels, with their lengths, and silence (level 0), in hundredths of a second. */
type Talk = readonly { readonly level: number; readonly frames: number }[];

function chunks(talk: Talk, from = 0): Chunk[] {
  const samples = new Int16Array(talk.reduce((sum, { frames }) => sum + frames * 160, 0));
  let at = 0;
  for (const { level, frames } of talk) {
    samples.fill(level, at, at + frames * 160);
    at += frames * 160;
  }
  const cut: Chunk[] = [];
  for (let start = 0; start < samples.length; start += chunkSamples) {
    cut.push({ position: from + start, samples: samples.subarray(start, start + chunkSamples) });
  }
  return cut;
}

function words(count: number, frames = 30, from = 1): Talk {
  return Array.from({ length: count }, (_, index) => ({ level: from + index, frames }));
}

function silence(frames: number): Talk {
  return [{ level: 0, frames }];
}

interface Heard {
  readonly events: readonly HearingEvent[];
  readonly decoders: readonly LevelDecoder[];
}

/** Has the chunks heard by decoders, each made with what `fault` says happens at its requests. */
async function hear(
  input: readonly Chunk[],
  fault: (decoder: number) => ((request: number) => void) | undefined = () => undefined,
  onChunk?: () => void,
): Promise<Heard> {
  const decoders: LevelDecoder[] = [];
  await using pool = new DecoderPool({
    start: () => {
      const onAsk = fault(decoders.length);
      const decoder = new LevelDecoder(onAsk ? { onAsk } : {});
      decoders.push(decoder);
      return Promise.resolve(decoder);
    },
    warm: 0,
    max: 1,
  });
  const { signal } = new AbortController();
  const lease = await pool.lease(signal);
  const steady = new SteadyDecoder({ lease, language: "en" });
  const events: HearingEvent[] = [];
  for (const chunk of input) {
    for await (const event of steady.hear(chunk, signal)) events.push(event);
    onChunk?.();
  }
  for await (const event of steady.finish(signal)) events.push(event);
  const last = input.at(-1);
  assertConsistent(events, {
    rate,
    from: input[0]?.position ?? 0,
    to: last ? last.position + last.samples.length : 0,
    languages: ["en"],
  });
  await lease.release();
  return { events, decoders };
}

function die(at: number) {
  return (request: number) => {
    if (request === at) throw new PipelineError("unavailable", "The decoder has ended");
  };
}

function saying(count: number, from = 1): string {
  return Array.from({ length: count }, (_, index) => `w${from + index}`).join(" ");
}

const twoUtterances: Talk = [
  ...silence(50),
  ...words(5),
  ...silence(60),
  ...words(6, 30, 6),
  ...silence(60),
];

Deno.test("SteadyDecoder.hear() reports interim words, a final and an endpoint for each utterance", async () => {
  const { events } = await hear(chunks(twoUtterances, 1000));
  assertEquals(finals(events).map((final) => final.words.length), [5, 6]);
  assertEquals(transcript(events), saying(11));
  assertEquals(
    events.map(({ type }) => type).filter((type) => type !== "hypothesis" && type !== "progress"),
    ["speech_started", "endpoint", "speech_started", "endpoint"],
  );
  const [first] = finals(events)[0]!.words;
  assertEquals(first, {
    text: "w1",
    startMs: 500 + 1000 / 16,
    endMs: 800 + 1000 / 16,
    timing: "measured",
  });
  assert(events.some((event) => event.type === "hypothesis" && !event.final && event.words.length === 3));
});

Deno.test("SteadyDecoder.hear() reports a hypothesis only when its words have changed", async () => {
  const { events } = await hear(chunks(twoUtterances));
  const interims = events.filter((event) => event.type === "hypothesis").filter((event) => !event.final);
  assertEquals(interims.length, 11);
});

Deno.test("SteadyDecoder.hear() neither loses nor repeats a word when decoders die, whenever that is", async () => {
  const input = chunks(twoUtterances);
  const undisturbed = await hear(input);
  await fc.assert(
    fc.asyncProperty(
      // Two: a third decoder that gets no further would end the session.
      fc.array(fc.integer({ min: 0, max: input.length + 10 }), { minLength: 1, maxLength: 2 }),
      async (deaths) => {
        const { events } = await hear(input, (decoder) => {
          const at = deaths[decoder];
          return at === undefined ? undefined : die(at);
        });
        assertEquals(
          finals(events).map(({ words }) => words),
          finals(undisturbed.events).map(({ words }) => words),
        );
        assertEquals(events.filter((event) => event.type === "speech_started").length, 2);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("SteadyDecoder.hear() goes on with a second decoder in the middle of speech", async () => {
  const input = chunks(twoUtterances);
  const { events, decoders } = await hear(input, (decoder) => decoder === 0 ? die(50) : undefined);
  assertEquals(decoders.length, 2);
  assertEquals(transcript(events), saying(11));
  assertEquals(decoders[0]!.alive, false);
});

Deno.test("SteadyDecoder.hear() gives up when three decoders get no further", async () => {
  const input = chunks(twoUtterances);
  let made = 0;
  const error = await assertRejects(
    () =>
      hear(input, () => {
        made += 1;
        return die(30);
      }),
    PipelineError,
    "3 decoders in a row",
  );
  assertEquals(error.kind, "unavailable");
  assertEquals(made, 3);
});

Deno.test("SteadyDecoder.hear() goes on for ever with decoders that get a little further each time", async () => {
  const input = chunks(twoUtterances);
  const { events, decoders } = await hear(input, (decoder) => decoder < 20 ? die(decoder + 1) : undefined);
  assertEquals(decoders.length, 21);
  assertEquals(transcript(events), saying(11));
});

Deno.test("SteadyDecoder.hear() cuts unbroken speech between words, with none lost or doubled", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 12, max: 90 }), { minLength: 120, maxLength: 150 }),
      fc.boolean(),
      async (lengths, dies) => {
        const talk = lengths.map((frames, index) => ({ level: index + 1, frames }));
        const { events } = await hear(
          chunks(talk),
          (decoder) => dies && decoder === 0 ? die(700) : undefined,
        );
        assertEquals(transcript(events), saying(lengths.length));
        for (const { words } of finals(events)) {
          assertLessOrEqual(words.at(-1)!.endMs - words[0]!.startMs, 20_500);
        }
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("SteadyDecoder.hear() prefers a pause to cut at", async () => {
  const talk = [...words(55), ...silence(12), ...words(5, 30, 56), ...silence(60)];
  const { events } = await hear(chunks(talk));
  assertEquals(finals(events).map((final) => final.words.length), [55, 5]);
});

Deno.test("SteadyDecoder.hear() keeps a bounded part of the source", async () => {
  // What was kept is what a second decoder is given when the first one dies late.
  const talk = [...words(400, 30), ...silence(60), ...words(3, 30, 401), ...silence(60)];
  const input = chunks(talk);
  const { events, decoders } = await hear(
    input,
    (decoder) => decoder === 0 ? die(input.length - 20) : undefined,
  );
  assertEquals(transcript(events), saying(403));
  assertLessOrEqual(decoders[1]!.given, 30 * rate);
});

Deno.test("SteadyDecoder.hear() ends the utterance at a gap and goes on behind it", async () => {
  const before = chunks(words(4));
  const after = chunks([...words(4, 30, 5), ...silence(60)], 10 * rate);
  const { events } = await hear([...before, ...after], (decoder) => decoder === 0 ? die(40) : undefined);
  assertEquals(finals(events).map((final) => final.words.map((word) => word.text).join(" ")), [
    "w1 w2 w3 w4",
    "w5 w6 w7 w8",
  ]);
  assertEquals(finals(events)[1]!.words[0]!.startMs, 10_000);
});

Deno.test("SteadyDecoder.hear() asks for at most one chunk at a time", async () => {
  const { decoders } = await hear(chunks(twoUtterances));
  assertEquals(decoders[0]!.largest, chunkSamples);
});

Deno.test("SteadyDecoder.finish() asks nothing when nothing was heard", async () => {
  const { events, decoders } = await hear([]);
  assertEquals(events, []);
  assertEquals(decoders[0]!.used, false);
});
