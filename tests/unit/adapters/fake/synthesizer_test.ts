import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../../adapters/fake/synthesizer.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const rate = 16000;
const signal = new AbortController().signal;
const options = { language: "es", formats: [{ codec: "pcm_s16le" as const, rate }], signal };

async function* text(...parts: string[]): AsyncGenerator<string> {
  yield* parts;
}

/** How many samples each piece has, and the kind of the error at the end if there is one. */
async function speak(
  synthesizer: FakeSynthesizerOptions,
  parts: string[],
  { speed = 1, segment = 1 }: { speed?: number; segment?: number } = {},
): Promise<(number | string)[]> {
  await using engine = fakeSynthesizer(synthesizer);
  await using voice = await engine.open(options);
  const lengths: (number | string)[] = [];
  try {
    for await (const event of voice.speak(text(...parts), { segment, speed }, signal)) {
      if (event.type === "frame") lengths.push(event.samples.length);
    }
  } catch (error) {
    assertInstanceOf(error, PipelineError);
    lengths.push(error.kind);
  }
  return lengths;
}

Deno.test("fakeSynthesizer() speaks for as long as the text is, divided by the speed", async () => {
  assertEquals(await speak({ msPerCharacter: 50 }, ["four"]), [1600, 1600]);
  assertEquals(await speak({ msPerCharacter: 50 }, ["fo ", " ur"], { speed: 1.25 }), [1280, 1280]);
  assertEquals(await speak({ msPerCharacter: 50, pieceMs: 200 }, ["four"], { speed: 0.5 }), [3200, 3200]);
});

Deno.test("fakeSynthesizer() takes its time on the given clock", async () => {
  const clock = new FakeClock();
  await using engine = fakeSynthesizer({ delayMs: 80, realTimeFactor: 0.5, msPerCharacter: 50, clock });
  await using voice = await engine.open(options);
  const times: number[] = [];
  const done = (async () => {
    for await (const event of voice.speak(text("four"), { segment: 1, speed: 1 }, signal)) {
      if (event.type === "frame") times.push(clock.now());
    }
  })();
  await clock.advance(500);
  await done;
  assertEquals(times, [130, 180]);
});

Deno.test("fakeSynthesizer() plays faults for the segments and pieces that they name", async () => {
  const faults = [{ segment: 2, fault: "unavailable" as const, afterPieces: 1 }, {
    segment: 3,
    fault: "timeout" as const,
  }];
  const msPerCharacter = 50;
  assertEquals(await speak({ faults, msPerCharacter }, ["four"]), [1600, 1600]);
  assertEquals(await speak({ faults, msPerCharacter }, ["four"], { segment: 2 }), [1600, "unavailable"]);
  assertEquals(await speak({ faults, msPerCharacter }, ["four"], { segment: 3 }), ["timeout"]);
});

Deno.test("fakeSynthesizer() stalls until it is aborted", async () => {
  await using engine = fakeSynthesizer({ faults: [{ fault: "stall", afterPieces: 1 }] });
  await using voice = await engine.open(options);
  const abort = new AbortController();
  const reason = new Error("enough");
  let pieces = 0;
  const outcome = await (async () => {
    for await (const event of voice.speak(text("a long text"), { segment: 1, speed: 1 }, abort.signal)) {
      if (event.type === "frame") pieces += 1;
      setTimeout(() => abort.abort(reason));
    }
  })().catch((error) => error);
  assertStrictEquals(outcome, reason);
  assertEquals(pieces, 1);
});

Deno.test("fakeSynthesizer() gives every voice a pitch of its own", async () => {
  await using engine = fakeSynthesizer();
  const pitches = new Set<number>();
  for (const { language } of engine.traits.voices) {
    await using voice = await engine.open({ ...options, language });
    let crossings = 0;
    for await (const event of voice.speak(text("a".repeat(100)), { segment: 1, speed: 1 }, signal)) {
      if (event.type !== "frame") continue;
      crossings += event.samples.filter((sample, at) =>
        sample >= 0 && (event.samples[at - 1] ?? 0) < 0
      ).length;
    }
    pitches.add(crossings);
  }
  assertEquals(pitches.size, engine.traits.voices.length);
});

Deno.test("fakeSynthesizer() refuses pieces of more than 200 ms", () => {
  assertThrows(() => fakeSynthesizer({ pieceMs: 201 }), RangeError, "pieceMs is 201");
});
