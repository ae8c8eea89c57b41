import { steadily } from "../support/steadily.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { needsBrowser, openBrowser, openPage } from "../support/browser.ts";
import { HeardSource } from "../support/heard_source.ts";
import { findIn, knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

const speech = knownSpeech(4, randomFrom(1));

async function microphoneFile(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  await Deno.writeFile(path, wavOf(speech, 48_000));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

for (
  const how of ["at 16 kHz", "through the client's own filter, where the browser refuses 16 kHz", "as Opus"]
) {
  const refused = how.startsWith("through");
  const coded = how === "as Opus";
  Deno.test(
    `interpret() brings what the microphone hears to the service, ${how}`,
    needsBrowser,
    steadily(async () => {
      const heard = new HeardSource();
      await using service = liveService({ onFrame: heard.take });
      await using file = await microphoneFile();
      await using browser = await openBrowser({ microphone: file.path });
      const { page, troubles } = await openPage(
        browser,
        `${service.url}/example.html`,
        coded ? {} : { codec: "pcm" },
      );
      if (refused) {
        // As Firefox does: the context is made, the stream of another rate is not let in.
        await page.evaluate(() => {
          const Original = AudioContext;
          globalThis.AudioContext = class extends Original {
            override createMediaStreamSource(stream: MediaStream): MediaStreamAudioSourceNode {
              if (this.sampleRate === 16_000) throw new DOMException("Another rate", "NotSupportedError");
              return super.createMediaStreamSource(stream);
            }
          };
        });
      }
      const result = await page.evaluate(async () => {
        const { interpret } = await import("/client.js");
        const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
        const session = await interpret({
          url: "/",
          source: "en",
          target: "es",
          microphone: plain,
          play: false,
        });
        setTimeout(() => session.end(), 4_500);
        const levels: number[] = [];
        const types = new Set<string>();
        for await (const event of session.events) {
          types.add(event.type);
          if (event.type === "level") levels.push(event.peak);
        }
        return { levels, types: [...types], rate: session.sourceRate };
      });
      const { correlation } = findIn(heard.samples, speech);
      assertEquals(result.rate, coded ? 48_000 : 16_000);
      assertGreaterOrEqual(correlation, coded ? 0.9 : 0.98);
      assertEquals(heard.gaps, []);
      assertEquals(troubles, []);
      assertEquals(service.faults, []);
      assert(result.levels.length >= 35 && Math.max(...result.levels) > 0.2, `levels are ${result.levels}`);
      for (const type of ["lanes", "state", "device", "caption", "segment", "audio", "timing", "ended"]) {
        assert(result.types.includes(type), `${type} is missing in ${result.types}`);
      }
    }),
  );
}
