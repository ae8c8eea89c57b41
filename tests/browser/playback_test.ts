import { steadily } from "../support/steadily.ts";
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { utterance } from "../../adapters/fake/script.ts";
import type { InterpretSession } from "../../client/mod.ts";
import { Condition } from "../../flow/condition.ts";
import { wavHeader } from "../../media/wav_writer.ts";
import { needsBrowser, openBrowser, openPage } from "../support/browser.ts";
import { HeardSource } from "../support/heard_source.ts";
import { findIn, knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

/** The tone of the fake voice for Spanish, in Hz, and its amplitude. */
const voiceHz = 240;
const voiceAmplitude = 0.25;

/** What a page keeps for the tests that look into it. */
interface TestPage {
  session: InterpretSession;
  /** How loud the voice's tone and another one were in the element's sound, in stretches of 2,048 samples. */
  readonly sound: { voice: number; other: number }[];
  /** How long a stretch is, in ms. */
  stretchMs: number;
  measure(otherHz: number): void;
}

/** Puts a meter into the page that listens to what the session's element plays. */
async function addMeter(page: Page): Promise<void> {
  await page.evaluate((voiceHz) => {
    const test = globalThis as unknown as TestPage;
    const sound: TestPage["sound"] = [];
    // Goertzel's: the amplitude of one tone.
    const amplitude = (samples: Float32Array, hz: number, rate: number) => {
      let [real, imaginary] = [0, 0];
      for (const [index, sample] of samples.entries()) {
        const weighed = sample * (1 - Math.cos(2 * Math.PI * index / samples.length));
        real += weighed * Math.cos(2 * Math.PI * hz * index / rate);
        imaginary += weighed * Math.sin(2 * Math.PI * hz * index / rate);
      }
      return 2 * Math.hypot(real, imaginary) / samples.length;
    };
    const measure = (otherHz: number) => {
      const context = new AudioContext();
      const rate = context.sampleRate;
      const input = context.createMediaStreamSource(test.session.output!.srcObject as MediaStream);
      const meter = context.createScriptProcessor(2048, 1, 1);
      test.stretchMs = 2_048_000 / rate;
      meter.onaudioprocess = ({ inputBuffer }) => {
        const samples = inputBuffer.getChannelData(0);
        sound.push({ voice: amplitude(samples, voiceHz, rate), other: amplitude(samples, otherHz, rate) });
      };
      input.connect(meter).connect(context.destination);
    };
    Object.assign(test, { sound, measure });
  }, voiceHz);
}

/** Lets the page fetch a file. */
async function serve(page: Page, name: string, file: Uint8Array): Promise<void> {
  await page.route(
    `**/${name}`,
    (route) => route.fulfill({ contentType: "audio/wav", body: Buffer.from(file) }),
  );
}

/** The meter's own warning is no trouble of the client's. */
function ownTroubles(troubles: readonly string[]): readonly string[] {
  return troubles.filter((text) => !text.includes("ScriptProcessorNode is deprecated"));
}

function tone(hz: number, seconds: number, amplitude: number): Uint8Array {
  const samples = Int16Array.from(
    { length: seconds * 16_000 },
    (_, index) => 32_767 * amplitude * Math.sin(2 * Math.PI * hz * index / 16_000),
  );
  const file = new Uint8Array(44 + 2 * samples.length);
  file.set(wavHeader(16_000, samples.length));
  file.set(new Uint8Array(samples.buffer), 44);
  return file;
}

Deno.test(
  "interpret() speaks the translation through its element, whole, and says what was heard",
  needsBrowser,
  steadily(async () => {
    await using service = liveService({ tts: { realTimeFactor: 0.5 } });
    await using browser = await openBrowser();
    const { page, troubles } = await openPage(browser, `${service.url}/example.html`);
    await addMeter(page);
    const { sound, stretchMs, events, playing } = await page.evaluate(async () => {
      const { interpret } = await import("/client.js");
      const test = globalThis as unknown as TestPage;
      async function* silence() {
        for (let piece = 0; piece < 60; piece++) {
          yield new Int16Array(1_600);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      test.session = await interpret({ url: "/", source: "en", target: "es", audio: silence() });
      test.measure(0);
      let playing = false;
      const events: { type: string; segment: number; audioMs?: number }[] = [];
      for await (const event of test.session.events) {
        if (event.type === "played") playing = !test.session.output!.paused;
        if (event.type === "played" && event.done) events.push(event);
        if (event.type === "timing") events.push(event);
        if (event.type === "ended") events.push({ type: "ended", segment: 0 });
      }
      return { sound: test.sound, stretchMs: test.stretchMs, events, playing };
    });
    assert(playing, "the element plays");
    const spokenMs = events.reduce((sum, { audioMs = 0 }) => sum + audioMs, 0);
    const heardMs = sound.filter(({ voice }) => voice > voiceAmplitude / 2).length * stretchMs;
    assertAlmostEquals(Math.max(...sound.map(({ voice }) => voice)), voiceAmplitude, 0.02);
    assertAlmostEquals(heardMs, spokenMs, 6 * stretchMs);
    // Of a segment nothing between its first and its last stretch is silent: there are no more blocks of sound than segments.
    const starts = sound.filter(({ voice }, index) =>
      voice > 0.05 && !(sound[index - 1]!.voice > 0.05)
    ).length;
    const segmentsOf = (wanted: string) =>
      events.filter(({ type }) => type === wanted).map(({ segment }) => segment);
    assertLess(starts, segmentsOf("timing").length + 1);
    assertEquals(segmentsOf("played"), segmentsOf("timing"));
    assertEquals(events.at(-1)?.type, "ended");
    assertEquals([ownTroubles(troubles), service.faults], [[], []]);
  }),
);

Deno.test(
  "interpret() sends a file as it plays it, quieter while the translation is spoken",
  needsBrowser,
  steadily(async () => {
    const heard = new HeardSource();
    const script = [utterance("the old house is near the sea", 1_000)];
    await using service = liveService({ onFrame: heard.take, script });
    await using browser = await openBrowser();
    const { page, troubles } = await openPage(browser, `${service.url}/example.html`);
    await addMeter(page);
    await serve(page, "tone.wav", tone(1_000, 8, 0.4));
    const sound = await page.evaluate(async () => {
      const { interpret } = await import("/client.js");
      const test = globalThis as unknown as TestPage;
      const audio = await (await fetch("/tone.wav")).blob();
      test.session = await interpret({ url: "/", source: "en", target: "es", audio });
      test.session.original = 0.5;
      test.session.duck = 0.2;
      test.measure(1_000);
      for await (const _ of test.session.events);
      return test.sound;
    });
    const alone = sound.filter(({ voice }) => voice < 0.01).map(({ other }) => other);
    const under = sound.filter(({ voice }) => voice > 0.2).map(({ other }) => other);
    assertAlmostEquals(Math.max(...alone), 0.4 * 0.5, 0.02);
    assertAlmostEquals(Math.min(...under), 0.4 * 0.5 * 0.2, 0.02);
    assertAlmostEquals(heard.end, 8 * 16_000, 1);
    assertEquals([ownTroubles(troubles), service.faults], [[], []]);
  }),
);

Deno.test(
  "interpret() brings a file to the service as it is, and faster than it lasts where nothing is played",
  needsBrowser,
  steadily(async () => {
    const heard = new HeardSource();
    const speech = knownSpeech(6, randomFrom(2), 0);
    await using service = liveService({ onFrame: heard.take });
    await using browser = await openBrowser();
    const { page, troubles } = await openPage(browser, `${service.url}/example.html`);
    await serve(page, "speech.wav", wavOf(speech, 44_100));
    const tookMs = await page.evaluate(async () => {
      const { interpret } = await import("/client.js");
      const began = performance.now();
      const audio = await (await fetch("/speech.wav")).blob();
      const session = await interpret({ url: "/", source: "en", target: "es", audio, play: false });
      for await (const _ of session.events);
      return performance.now() - began;
    });
    const { correlation, at } = findIn(heard.samples, speech);
    assertGreater(correlation, 0.98);
    assertAlmostEquals(at, 0, 1);
    assertAlmostEquals(heard.end, 6 * 16_000, 1);
    assertLess(tookMs, 6_000);
    assertEquals([troubles, service.faults], [[], []]);
  }),
);

Deno.test(
  "interpret() tells that the browser holds the sound back, and a click lets it out",
  needsBrowser,
  steadily(async () => {
    const script = [utterance("we go home", 500), utterance("the sea is near", 5_000)];
    await using service = liveService({ script });
    await using browser = await openBrowser({
      flags: ["--autoplay-policy=document-user-activation-required"],
    });
    const page = await browser.newPage();
    // Whatever a test evaluates counts as a click, so the page tells by itself.
    const told: string[] = [];
    const changed = new Condition();
    await page.exposeFunction("tell", (line: string) => {
      told.push(line);
      changed.notify();
    });
    await page.addInitScript(() => {
      addEventListener("load", async () => {
        const { tell } = globalThis as unknown as { tell(line: string): void };
        const { interpret } = await import("/client.js");
        async function* silence() {
          for (let piece = 0; piece < 80; piece++) {
            yield new Int16Array(1_600);
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        }
        const session = await interpret({ url: "/", source: "en", target: "es", audio: silence() });
        for await (const event of session.events) {
          if (event.type === "sound") tell(`blocked ${event.blocked}`);
          if (event.type === "dropped") tell(`dropped ${event.segment}`);
          if (event.type === "played" && event.done) tell(`played ${event.segment}`);
          if (event.type === "ended") tell("ended");
        }
      });
    });
    const until = async (line: string) => {
      while (!told.includes(line)) await changed.wait(AbortSignal.timeout(20_000));
    };
    await page.goto(`${service.url}/example.html`);
    await until("dropped 1");
    await page.click("h1");
    await until("ended");
    assertEquals(told, ["blocked true", "dropped 1", "blocked false", "played 2", "ended"]);
    assertEquals(service.faults, []);
  }),
);
