import { assertEquals, assertRejects } from "@std/assert";
import { SourceClock } from "../../../cli/source_clock.ts";
import { speak } from "../../../cli/speak.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const rate = 1_000;

/** Notes when how many samples had come. */
function listener(clock: FakeClock, holdUp: (sample: number) => Promise<void> = () => Promise.resolve()) {
  const heard: [atMs: number, samples: number][] = [];
  let samples = 0;
  return {
    heard,
    async send(piece: Int16Array) {
      await holdUp(samples);
      samples += piece.length;
      heard.push([clock.now(), samples]);
    },
  };
}

async function* recording(...lengths: readonly number[]): AsyncGenerator<Int16Array, void> {
  for (const length of lengths) yield await Promise.resolve(new Int16Array(length));
}

Deno.test("speak() sends each piece when its last sample has been spoken", async () => {
  const clock = new FakeClock();
  const to = listener(clock);
  const source = new SourceClock(rate);
  const signal = new AbortController().signal;
  const speaking = speak(recording(50, 10), to, { rate, live: true, clock, source }, signal);
  for (let ms = 0; ms < 100; ms += 10) await clock.advance(10);
  await speaking;
  const startMs = clock.now() - source.at(clock.now());
  assertEquals(to.heard.map(([atMs, samples]) => [atMs - startMs, samples]), [
    [20, 20],
    [40, 40],
    [50, 50],
    [60, 60],
  ]);
});

Deno.test("speak() makes up for what the connection held up, not for a speaker who stops", async () => {
  const clock = new FakeClock();
  let held = false;
  const to = listener(clock, async (sample) => {
    if (sample === 20 && !held) {
      held = true;
      await clock.sleep(1_000, new AbortController().signal);
    }
  });
  const source = new SourceClock(rate);
  const signal = new AbortController().signal;
  const slow = async function* () {
    yield new Int16Array(1_100);
    await clock.sleep(5_000, signal);
    yield new Int16Array(20);
  };
  const speaking = speak(slow(), to, { rate, live: true, clock, source }, signal);
  for (let ms = 0; ms < 8_000; ms += 10) await clock.advance(10);
  await speaking;
  const [first] = to.heard[0]!;
  const at = (samples: number) => to.heard.find(([, count]) => count === samples)![0] - first;
  assertEquals([at(40), at(1_000), at(1_100)], [1_020, 1_020, 1_080]);
  assertEquals(at(1_120) - at(1_100), 5_000);
});

Deno.test("speak() sends as fast as the listener takes it", async () => {
  const clock = new FakeClock();
  const to = listener(clock);
  const source = new SourceClock(rate);
  await speak(recording(5_000), to, { rate, live: false, clock, source }, new AbortController().signal);
  assertEquals(to.heard.at(-1), [clock.now(), 5_000]);
});

Deno.test("speak() ends with the signal's reason", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const options = { rate, live: true, clock, source: new SourceClock(rate) };
  const speaking = speak(recording(5_000), listener(clock), options, stop.signal);
  await settle();
  stop.abort(new Error("enough"));
  await assertRejects(() => speaking, Error, "enough");
});
