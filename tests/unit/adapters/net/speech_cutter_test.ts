import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import * as fc from "fast-check";
import {
  SpeechCutter,
  type SpeechCutterOptions,
  type SpeechDetector,
} from "../../../../adapters/net/speech_cutter.ts";
import type { SpeechCut } from "../../../../adapters/net/speech_cutter.ts";

const rate = 16_000;
const ms = (count: number) => count * 16;

/** Takes what is louder than nothing for speech. */
function loudness(): SpeechDetector & { resets: number } {
  return {
    frameSamples: ms(20),
    resets: 0,
    isSpeech: (samples) => samples.some((sample) => sample !== 0),
    reset() {
      this.resets += 1;
    },
  };
}

/** Stretches of one loudness each, as long as they say. */
function source(...stretches: readonly (readonly [loudness: number, ms: number])[]): Int16Array {
  return Int16Array.from(stretches.flatMap(([loudness, length]) => Array<number>(ms(length)).fill(loudness)));
}

function cut(
  samples: Int16Array,
  { frameSamples = 320, position = 0, ...options }: Partial<SpeechCutterOptions> & {
    readonly frameSamples?: number;
    readonly position?: number;
  } = {},
): SpeechCut[] {
  const cutter = new SpeechCutter(loudness(), { rate, silenceMs: 500, longestMs: 5000, ...options });
  const cuts: SpeechCut[] = [];
  for (let at = 0; at < samples.length; at += frameSamples) {
    cuts.push(...cutter.hear({ position: position + at, samples: samples.subarray(at, at + frameSamples) }));
  }
  return [...cuts, ...cutter.finish()];
}

const places = (cuts: readonly SpeechCut[]) =>
  cuts.map((cut) =>
    cut.type === "started"
      ? [cut.position / 16, cut.from / 16]
      : [cut.position / 16, cut.audio.from / 16, (cut.audio.from + cut.audio.samples.length) / 16]
  );

Deno.test("SpeechCutter cuts speech out of silence, with a little around it", () => {
  const samples = source([0, 1000], [9, 1000], [0, 700], [7, 400], [0, 1000]);
  const cuts = cut(samples);
  assertEquals(places(cuts), [[1000, 760], [2000, 760, 2200], [2700, 2460], [3100, 2460, 3300]]);
  for (const { type, ...more } of cuts) {
    if (type !== "ended" || !("audio" in more)) continue;
    const { from, samples: audio } = more.audio;
    assertEquals(audio, Int16Array.from(samples.subarray(from, from + audio.length)));
  }
});

Deno.test("SpeechCutter does not cut at a pause that is shorter than the silence", () => {
  assertEquals(cut(source([9, 500], [0, 440], [9, 500], [0, 520])).length, 2);
  assertEquals(cut(source([9, 500], [0, 440], [9, 500], [0, 520]), { silenceMs: 400 }).length, 4);
});

Deno.test("SpeechCutter leaves clicks alone, in silence and after speech", () => {
  assertEquals(cut(source([0, 500], [9, 40], [0, 500], [9, 60], [0, 500])), []);
  assertEquals(places(cut(source([9, 500], [0, 300], [9, 20], [0, 300]))), [[0, 0], [500, 0, 700]]);
});

Deno.test("SpeechCutter takes none of an utterance for the next", () => {
  const [, first, second] = cut(source([9, 1000], [0, 300], [9, 1000]), { silenceMs: 240 });
  assert(first?.type === "ended" && second?.type === "started");
  assertEquals(second.from, first.audio.from + first.audio.samples.length);
});

Deno.test("SpeechCutter cuts speech that has no end where it is quietest", () => {
  const samples = source([9, 4000], [2, 100], [9, 5000], [3, 100], [9, 2000]);
  const ends = cut(samples).filter((cut) => cut.type === "ended");
  const boundaries = ends.map(({ audio }) => (audio.from + audio.samples.length) / 16);
  assertEquals(boundaries.length, 3);
  assert(boundaries[0]! > 4000 && boundaries[0]! < 4100, `It was cut at ${boundaries[0]} ms`);
  assertEquals(ends.map(({ audio }) => audio.from / 16), [0, ...boundaries.slice(0, -1)]);
  for (const { audio } of ends) assertLessOrEqual(audio.samples.length, ms(5000));
});

Deno.test("SpeechCutter begins no utterance after a cut in what turns out to be silence", () => {
  const cuts = cut(source([9, 4700], [0, 2000]));
  assertEquals(places(cuts).length, 2);
  assertLess(places(cuts)[1]![2]!, 5000);
});

Deno.test("SpeechCutter keeps to the source's clock across gaps", () => {
  const detector = loudness();
  const cutter = new SpeechCutter(detector, { rate, silenceMs: 500, longestMs: 5000 });
  const speech = source([9, 400]);
  const cuts = [
    ...cutter.hear({ position: ms(60_000), samples: speech }),
    // A short gap is a pause.
    ...cutter.hear({ position: ms(60_700), samples: speech }),
    // What was heard already is left out.
    ...cutter.hear({ position: ms(60_900), samples: source([9, 400]) }),
    ...cutter.hear({ position: ms(62_000), samples: speech }),
    ...cutter.finish(),
  ];
  assertEquals(places(cuts), [
    [60_000, 60_000],
    [61_300, 60_000, 61_300],
    [62_000, 62_000],
    [62_400, 62_000, 62_400],
  ]);
  assertEquals(detector.resets, 2);
});

Deno.test("SpeechCutter says how far it has listened, and up to where there is nothing left", () => {
  const cutter = new SpeechCutter(loudness(), { rate, silenceMs: 500, longestMs: 5000 });
  cutter.hear({ position: 0, samples: source([0, 2000]) });
  assertEquals([cutter.heardTo, cutter.quietTo, cutter.openSamples, cutter.open], [
    ms(2000),
    ms(1600),
    0,
    undefined,
  ]);
  cutter.hear({ position: ms(2000), samples: source([9, 1000]).subarray(0, ms(1000) - 7) });
  assertEquals([cutter.heardTo, cutter.quietTo, cutter.openSamples], [ms(2980), ms(1760), ms(1220)]);
  assertEquals([cutter.open!.from, cutter.open!.samples.length], [ms(1760), ms(1220)]);
  const [end] = cutter.finish();
  assertEquals([cutter.heardTo, cutter.quietTo], [ms(3000) - 7, ms(3000) - 7]);
  assert(end?.type === "ended" && end.audio.samples.length === ms(1240) - 7);
  assertEquals(cutter.finish(), []);
});

Deno.test("SpeechCutter cuts the same whatever the frames, and loses no speech", () => {
  const stretch = fc.tuple(fc.constantFrom(0, 0, 5, 9), fc.integer({ min: 1, max: 3000 }));
  fc.assert(
    fc.property(
      fc.array(stretch, { maxLength: 12 }),
      fc.integer({ min: 1, max: 20_000 }),
      (stretches, frameSamples) => {
        const samples = source(...stretches);
        const cuts = cut(samples, { frameSamples, position: 12_345 });
        assertEquals(places(cuts), places(cut(samples, { position: 12_345 })));
        const heard = new Int16Array(samples.length);
        let doneTo = 12_345;
        for (const one of cuts) {
          if (one.type === "started") continue;
          const { from, samples: audio } = one.audio;
          assert(from >= doneTo, "An utterance begins within the one before");
          assertLessOrEqual(audio.length, ms(5000));
          heard.set(audio, from - 12_345);
          doneTo = from + audio.length;
        }
        // All but clicks and soft beginnings is in an utterance.
        const missing = samples.reduce((sum, sample, at) => sum + (sample !== heard[at] ? 1 : 0), 0);
        const clicks = stretches.length * ms(200);
        assertLessOrEqual(missing, clicks);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("SpeechCutter needs no more memory after hours of speech", () => {
  const cutter = new SpeechCutter(loudness(), { rate, silenceMs: 500, longestMs: 5000 });
  const samples = source([9, 1000]);
  let ended = 0;
  let longest = 0;
  for (let second = 0; second < 600; second += 1) {
    for (const cut of cutter.hear({ position: ms(1000 * second), samples })) {
      ended += cut.type === "ended" ? 1 : 0;
    }
    longest = Math.max(longest, cutter.openSamples);
  }
  assertGreater(ended, 119);
  assertLess(longest, ms(5000));
});
