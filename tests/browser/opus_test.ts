import { steadily } from "../support/steadily.ts";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding";
import { decodeBinary } from "../../protocol/codec.ts";
import { needsBrowser, openBrowser, openPage } from "../support/browser.ts";
import { findIn, knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

/** The bytes around a message on the wire: WebSocket framing from a client (RFC 6455, section 5.2). */
const framingBytes = 8;

Deno.test(
  "interpret() sends Opus where the service takes it, in bundles of 60 ms and at most 3.5 kB a second",
  needsBrowser,
  steadily(async () => {
    await using service = liveService();
    const speech = knownSpeech(4, randomFrom(6));
    const path = await Deno.makeTempFile({ suffix: ".wav" });
    await Deno.writeFile(path, wavOf(speech, 48_000));
    await using browser = await openBrowser({ microphone: path });
    const { page, troubles } = await openPage(browser, `${service.url}/example.html`);
    const json = { inputs: [{ codec: "pcm_s16le", rate: 16_000 }, { codec: "opus", rate: 48_000 }] };
    await page.route("**/v1/languages", (route) => route.fulfill({ json }));
    // A service that takes Opus, as far as a client can see.
    const { start, messages } = await page.evaluate(async () => {
      const { interpret } = await import("/client.js");
      const messages: string[] = [];
      let start = "";
      class OpusService extends EventTarget {
        binaryType = "arraybuffer";
        bufferedAmount = 0;
        protocol = "parley.v1";
        #received = 0;
        #timer = setInterval(
          () => this.#say({ type: "ack", received: this.#received, settled: 0, window: 65_536 }),
          100,
        );
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event("open")));
        }
        #say(message: object) {
          this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
        }
        send(data: string | Uint8Array) {
          if (typeof data !== "string") {
            this.#received += 1;
            messages.push(btoa(String.fromCharCode(...data)));
            return;
          }
          const { type } = JSON.parse(data);
          if (type === "start") {
            start = data;
            const lanes = [{ lane: 0, language: "en", codec: "opus", rate: 48_000 }];
            const limits = { messageBytes: 65_536, windowBytes: 65_536, resumeMs: 1_000 };
            const engines = { stt: "none", mt: "none", tts: "none" };
            this.#say({ type: "ready", session: "s", token: "t", lanes, limits, engines });
          }
          if (type === "end") {
            const totals = { sourceMs: 0, segments: 0, skipped: 0, spokenMs: 0 };
            this.#say({ type: "ended", seq: 1, totals });
          }
        }
        close() {
          clearInterval(this.#timer);
          setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1000 })));
        }
      }
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const connect = () => new OpusService() as unknown as WebSocket;
      const session = await interpret({
        url: "/",
        source: "en",
        target: "es",
        microphone: plain,
        play: false,
        connect,
      });
      setTimeout(() => session.end(), 4_500);
      for await (const _ of session.events);
      return { start, messages };
    });
    assertEquals(JSON.parse(start).input, { codec: "opus", rate: 48_000 });
    let end = 0;
    let bytes = 0;
    const packets: string[] = [];
    for (const data of messages.map((message) => decodeBase64(message))) {
      const message = decodeBinary(data);
      assert(message.type === "opus");
      assertEquals([message.position, message.packets.length], [end, 3]);
      end = message.position + 2_880;
      bytes += data.length + framingBytes;
      packets.push(...message.packets.map((packet) => encodeBase64(packet)));
    }
    assertGreater(end, 3.5 * 48_000);
    assertLess(bytes * 48_000 / end, 3_500);
    // The browser's own decoder hears what was said.
    const decoded = await page.evaluate(async (packets) => {
      const samples: number[] = [];
      const decoder = new AudioDecoder({
        output: (data) => {
          const piece = new Float32Array(data.numberOfFrames);
          data.copyTo(piece, { planeIndex: 0, format: "f32-planar" });
          for (const sample of piece) samples.push(Math.round(sample * 32_767));
          data.close();
        },
        error: (error) => console.error(error),
      });
      decoder.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: 1 });
      for (const [index, packet] of packets.entries()) {
        const data = Uint8Array.from(atob(packet), (letter) => letter.charCodeAt(0));
        decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: 20_000 * index, data }));
      }
      await decoder.flush();
      return samples;
    }, packets);
    const { correlation } = findIn(Int16Array.from(decoded), speech, 48_000);
    assertGreater(correlation, 0.9);
    assertEquals([troubles, service.faults], [[], []]);
    await Deno.remove(path);
  }),
);
