import { assertEquals } from "@std/assert";
import { type EngineEvent, resilient, type SecondLevel } from "../../adapters/compose/mod.ts";
import { fakeRecognizer } from "../../adapters/fake/recognizer.ts";
import { utterance } from "../../adapters/fake/script.ts";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { wsConnect } from "../../cli/socket.ts";
import { connect } from "../../client/session.ts";
import { BackgroundTasks } from "../../flow/background_tasks.ts";
import { systemClock } from "../../flow/clock.ts";
import { serveEngines } from "../support/live_service.ts";

const rate = 16_000;

/** A second level in memory, which tells what it was asked and given. */
class Shelf implements SecondLevel {
  readonly kept = new Map<string, string>();
  asked = 0;

  get(key: string): Promise<string | undefined> {
    this.asked += 1;
    return Promise.resolve(this.kept.get(key));
  }

  set(key: string, text: string): Promise<void> {
    this.kept.set(key, text);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A service with every cache on, on which one short phrase is said in each session; and what its engines were asked. */
function cachedService() {
  const asked: string[] = [];
  const events: EngineEvent[] = [];
  const shelf = new Shelf();
  const background = new BackgroundTasks({ clock: systemClock });
  const options = {
    clock: systemClock,
    random: () => 0.5,
    background,
    observe: (event: EngineEvent) => void events.push(event),
    cache: { limitBytes: 2 ** 20, maxAgeMs: 60_000, secondLevel: shelf },
  };
  const translator = resilient("mt", [
    fakeTranslator({
      translate(text) {
        asked.push(`mt ${text}`);
        return "vamos a casa";
      },
    }),
  ], options);
  const voice = fakeSynthesizer();
  const synthesizer = resilient("tts", [{
    ...voice,
    async open(wanted) {
      const session = await voice.open(wanted);
      return {
        ...session,
        speak(text, how, signal) {
          asked.push("tts");
          return session.speak(text, how, signal);
        },
      };
    },
  }], options);
  const recognizer = fakeRecognizer({
    script: [utterance("we go home", 200)],
    finalDelayMs: 100,
    endpointDelayMs: 100,
  });
  const service = serveEngines({ recognizer, translator, synthesizer });
  return {
    service,
    shelf,
    /** What the engines were asked, and what the caches found, since this was called last. */
    async news() {
      while (background.size > 0) await new Promise((resolve) => setImmediate(resolve));
      const found = events.flatMap((event) =>
        event.type === "cache" ? [`${event.stage} ${event.result}`] : []
      );
      events.length = 0;
      return { asked: asked.splice(0).sort(), found: found.sort() };
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await translator[Symbol.asyncDispose]();
      await synthesizer[Symbol.asyncDispose]();
      await background[Symbol.asyncDispose]();
      assertEquals(service.faults, []);
    },
  };
}

async function speakOverSocket(socketUrl: string, retain: boolean | undefined): Promise<void> {
  await using session = await connect({
    url: `${socketUrl}/v1/stream`,
    start: {
      source: "en",
      targets: ["es"],
      input: { codec: "pcm_s16le", rate },
      ...(retain === undefined ? {} : { retain }),
    },
    connect: wsConnect,
    signal: new AbortController().signal,
  });
  for (let ms = 0; ms < 2000; ms += 100) await session.send(new Int16Array(rate / 10));
  assertEquals((await session.end()).segments, 1);
}

async function speakOverHttp(url: string, query: string): Promise<number> {
  const response = await fetch(`${url}/v1/translate?source=en&target=es${query}`, {
    method: "POST",
    headers: { "content-type": `audio/pcm;rate=${rate};encoding=s16le` },
    body: new Uint8Array(2 * 2 * rate),
  });
  await response.arrayBuffer();
  return response.status;
}

const engines = { asked: ["mt we go home", "tts"], found: [] };

Deno.test("start.retain: false has nothing of a session kept, and nothing found in what was kept", async () => {
  await using cached = cachedService();
  const { service: { socketUrl }, shelf } = cached;
  await speakOverSocket(socketUrl, false);
  assertEquals([await cached.news(), shelf.kept.size, shelf.asked], [engines, 0, 0]);
  await speakOverSocket(socketUrl, undefined);
  assertEquals(await cached.news(), { ...engines, found: ["mt miss", "tts miss"] });
  assertEquals([shelf.kept.size, shelf.asked], [1, 1]);
  await speakOverSocket(socketUrl, true);
  assertEquals(await cached.news(), { asked: [], found: ["mt hit", "tts hit"] });
  await speakOverSocket(socketUrl, false);
  assertEquals([await cached.news(), shelf.kept.size, shelf.asked], [engines, 1, 1]);
});

Deno.test("?retain=false does the same for POST /v1/translate", async () => {
  await using cached = cachedService();
  const { service: { url }, shelf } = cached;
  assertEquals(await speakOverHttp(url, "&retain=false"), 200);
  assertEquals([await cached.news(), shelf.kept.size], [engines, 0]);
  assertEquals(await speakOverHttp(url, "&retain=true"), 200);
  assertEquals(await cached.news(), { ...engines, found: ["mt miss", "tts miss"] });
  assertEquals(await speakOverHttp(url, ""), 200);
  assertEquals(await cached.news(), { asked: [], found: ["mt hit", "tts hit"] });
  assertEquals(await speakOverHttp(url, "&retain=no"), 400);
});
