import { assertEquals, assertGreater, assertLess, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../../../../adapters/fake/random.ts";
import { Tone } from "../../../../adapters/fake/tone.ts";
import { VoiceActivity } from "../../../../adapters/net/voice_activity.ts";
import { knownSpeech, samplesOf } from "../../../support/known_speech.ts";

/** Chance that is the same in each test. */
function random(): () => number {
  const chance = new Random(1);
  return () => chance.next();
}

/** How many of its pieces are taken for speech, from 0 to 1. */
function share(voice: VoiceActivity, samples: Int16Array): number {
  const size = voice.frameSamples;
  let speech = 0;
  let count = 0;
  for (let at = 0; at + size <= samples.length; at += size) {
    speech += voice.isSpeech(samples.subarray(at, at + size)) ? 1 : 0;
    count += 1;
  }
  return speech / count;
}

for (const rate of [8000, 16_000, 32_000, 48_000]) {
  Deno.test(`VoiceActivity tells speech from silence and noise at ${rate} Hz`, async () => {
    using voice = await VoiceActivity.create(rate);
    assertEquals(voice.frameSamples, rate / 50);
    assertEquals(share(voice, new Int16Array(rate)), 0);
    assertGreater(share(voice, samplesOf(knownSpeech(2, random(), 0), rate)), 0.95);
    voice.reset();
    const noise = random();
    assertLess(share(voice, Int16Array.from({ length: 3 * rate }, () => (noise() - 0.5) * 1000)), 0.05);
  });
}

Deno.test("VoiceActivity keeps what it heard apart from what others heard", async () => {
  using one = await VoiceActivity.create(16_000);
  using other = await VoiceActivity.create(16_000);
  const speech = samplesOf(knownSpeech(2, random(), 0), 16_000);
  const tone = new Tone(440, 16_000).samples(0, 16_000);
  const alone = [share(one, speech), share(one, tone)];
  one.reset();
  const together = [share(one, speech), share(other, new Int16Array(16_000)), share(one, tone)];
  assertEquals([together[0], together[2]], alone);
  assertEquals(together[1], 0);
});

Deno.test("VoiceActivity refuses what it cannot judge", async () => {
  await assertRejects(() => VoiceActivity.create(44_100), RangeError, "44100 Hz");
  const voice = await VoiceActivity.create(16_000);
  assertThrows(() => voice.isSpeech(new Int16Array(319)), RangeError, "319 samples, expected 320");
  voice[Symbol.dispose]();
  voice[Symbol.dispose]();
  assertThrows(() => voice.isSpeech(new Int16Array(320)), TypeError, "disposed");
});
