/**
 * Speechmatics' own library against the stand-in: a stand-in that the vendor's library takes for the vendor is not of our own invention.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { RealtimeClient } from "@speechmatics/real-time-client";
import { Tone } from "../../adapters/fake/tone.ts";
import { speechmaticsServer } from "../support/contract/speechmatics.ts";
import { settle } from "../support/fake_clock.ts";

const rate = 16_000;

/** The library puts the key into the address: it is another one than that which may not stand there. */
const key = "sk-library";
const start = {
  audio_format: { type: "raw", encoding: "pcm_s16le", sample_rate: rate },
  transcription_config: { language: "en", enable_partials: true, max_delay: 0.7 },
} as const;

Deno.test("@speechmatics/real-time-client transcribes with the stand-in for Speechmatics", async () => {
  using _ = clearedTimers();
  await using server = speechmaticsServer(undefined, { ofLibrary: true });
  const client = new RealtimeClient({ url: `${server.address.replace(/^http:/, "ws:")}/v2`, appId: "test" });
  const finals: string[] = [];
  let added = 0;
  let forced = 0;
  client.addEventListener("receiveMessage", ({ data }) => {
    if (data.message === "AudioAdded") added += 1;
    if (data.message === "EndOfUtterance" && "forced" in data) forced += 1;
    if (data.message !== "AddTranscript") return;
    finals.push(...data.results.map(({ alternatives }) => alternatives?.[0]?.content ?? ""));
  });
  const started = await client.start(key, start);
  assertEquals(started.language_pack_info?.word_delimiter, " ");
  const tone = new Tone(440, rate);
  for (let sent = 0; sent < 12; sent += 1) {
    client.sendAudio(tone.samples(sent * rate / 10, rate / 10).buffer as ArrayBuffer);
  }
  client.forceEndOfUtterance();
  // The library counts the answers, not what it sent.
  while (added < 12 || forced < 1) await settle();
  await client.stopRecognition();
  assertEquals(finals, ["word1", "word2", "word3", "word4", "."]);
});

Deno.test("@speechmatics/real-time-client has the stand-in for Speechmatics translate", async () => {
  using _ = clearedTimers();
  await using server = speechmaticsServer(undefined, { ofLibrary: true, translation: "after_end" });
  const client = new RealtimeClient({ url: `${server.address.replace(/^http:/, "ws:")}/v2` });
  const told: string[] = [];
  let added = 0;
  client.addEventListener("receiveMessage", ({ data }) => {
    if (data.message === "AudioAdded") added += 1;
    if (data.message === "AddTranslation") {
      told.push(...data.results.map(({ content }) => `${data.language}: ${content}`));
    }
    if (data.message === "AddPartialTranslation") told.push(data.language);
  });
  const translation_config = { target_languages: ["es", "de"], enable_partials: true };
  await client.start(key, { ...start, translation_config });
  const tone = new Tone(440, rate);
  for (let sent = 0; sent < 7; sent += 1) {
    client.sendAudio(tone.samples(sent * rate / 10, rate / 10).buffer as ArrayBuffer);
  }
  // The library counts the answers, not what it sent.
  while (added < 7) await settle();
  await client.stopRecognition();
  const [first, second] = told.slice(-2);
  assertEquals([first, second], ["es: WORD1 WORD2 WORD3.", "de: WORD1 WORD2 WORD3."]);
  assert(told.includes("es") && told.includes("de"), "Nothing is shown of a sentence that is not over");
});

Deno.test("@speechmatics/real-time-client finds the stand-in for Speechmatics full", async () => {
  using _ = clearedTimers();
  await using server = speechmaticsServer(undefined, { ofLibrary: true, concurrency: 0 });
  const client = new RealtimeClient({ url: `${server.address.replace(/^http:/, "ws:")}/v2` });
  const error = await client.start(key, start).then(() => undefined, (error) => error);
  assertInstanceOf(error, Error);
  assertEquals(error.message, "quota_exceeded");
});

/** The library clears none of its timeouts: they are cleared when this is disposed. */
function clearedTimers(): Disposable {
  const usual = globalThis.setTimeout;
  const timers: ReturnType<typeof usual>[] = [];
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof usual>) => {
    const timer = usual(...args);
    timers.push(timer);
    return timer;
  }, usual);
  return {
    [Symbol.dispose]() {
      globalThis.setTimeout = usual;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
