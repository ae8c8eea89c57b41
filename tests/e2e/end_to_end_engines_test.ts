import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import { Tone } from "../../adapters/fake/tone.ts";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { geminiTranslate } from "../../adapters/gemini_translate/mod.ts";
import { openaiTranslate } from "../../adapters/openai_translate/mod.ts";
import type { Owned, Provider } from "../../adapters/provider.ts";
import { wsConnect } from "../../cli/socket.ts";
import { connect } from "../../client/session.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { composedRecognizer } from "../support/composed.ts";
import { geminiTranslateServer } from "../support/contract/gemini_translate.ts";
import { openaiTranslateServer } from "../support/contract/openai_translate.ts";
import { scenarioKey, type ScenarioServer } from "../support/contract/scenario.ts";
import { serveEngines } from "../support/live_service.ts";

/** An engine that hears, translates and speaks by itself, and its stand-in. */
interface Subject {
  readonly name: string;
  readonly server: () => ScenarioServer;
  readonly create: (address: string) => Owned<SpeechRecognizer>;
}

/** A provider as the configuration makes it. */
function made<Entries extends v.ObjectEntries>(
  { settings, create }: Provider<SpeechRecognizer, Entries>,
  env: Readonly<Record<string, string>>,
): Owned<SpeechRecognizer> {
  return create(v.parse(v.object(settings), env));
}

const subjects: readonly Subject[] = [
  {
    name: "openai_translate",
    server: openaiTranslateServer,
    create: (address) =>
      made(openaiTranslate, { OPENAI_API_KEY: scenarioKey, OPENAI_BASE_URL: `${address}/v1` }),
  },
  {
    name: "gemini_translate",
    server: geminiTranslateServer,
    create: (address) =>
      made(geminiTranslate, {
        GEMINI_API_KEY: scenarioKey,
        PARLEY_GEMINI_TRANSLATE_URL: address,
        PARLEY_GEMINI_TRANSLATE_TARGETS: "es,ja",
      }),
  },
];

/** Two utterances of sound, at 16 kHz. */
function talk(): Int16Array {
  const rate = 16_000;
  const tone = new Tone(440, rate);
  const samples = new Int16Array(6 * rate);
  samples.set(tone.samples(0, 1.1 * rate), 0.45 * rate);
  samples.set(tone.samples(0, 0.7 * rate), 3.05 * rate);
  return samples;
}

/** A service whose recognizer is the provider as `PARLEY_STT` makes it, at the stand-in's address. */
async function serviceAt(create: Subject["create"], address: string) {
  const recognizer = composedRecognizer(create(address));
  const service = serveEngines({ recognizer, translator: fakeTranslator(), synthesizer: fakeSynthesizer() });
  const languages = await (await fetch(`${service.url}/v1/languages`)).json();
  return { recognizer, service, languages };
}

/** What none of them speaks as it is set up here. */
const foreign = "ca";

for (const { name, server: serve, create } of subjects) {
  Deno.test(`PARLEY_STT=${name} speaks what the provider speaks, over a real socket`, async () => {
    await using server = serve();
    const { recognizer, service, languages } = await serviceAt(create, server.address);
    await using _engine = recognizer;
    await using _service = service;
    assert(
      languages.pairs.some(({ source, target }: Record<string, string>) =>
        source === "en" && target === "ja"
      ),
    );
    const { signal } = new AbortController();
    const start = { source: "en", targets: ["ja"], input: { codec: "pcm_s16le", rate: 16_000 } } as const;
    await using session = await connect({
      url: `${service.socketUrl}/v1/stream`,
      start,
      connect: wsConnect,
      signal,
    });
    const spoken: number[] = [];
    const timings: { readonly ttfabMs: number | undefined; readonly unknown: boolean }[] = [];
    const sources: string[] = [];
    const captions = new Map<number, string>();
    let loud = 0;
    let position = 0;
    const reading = (async () => {
      for await (const event of session.events) {
        if (event.type === "segment") sources.push(event.text);
        if (event.type === "caption" && event.lane === 1 && event.final) {
          captions.set(event.segment, event.stable);
        }
        if (event.type === "timing") spoken.push(event.segment);
        if (event.type !== "audio" || event.codec !== "pcm_s16le") continue;
        assertEquals(event.position, position);
        position += event.samples.length;
        loud += event.samples.filter((sample) => Math.abs(sample) > 1000).length;
        if (!event.timing) continue;
        const { sttMs, mtMs, ttsMs, queueMs, ttfabMs } = event.timing;
        timings.push({
          ttfabMs,
          unknown: [sttMs, mtMs, ttsMs, queueMs].every((ms) => ms === undefined),
        });
      }
    })();
    await session.send(talk(), signal);
    const totals = await session.end(signal);
    await reading;
    assertEquals(spoken, [1, 2]);
    assertEquals(totals.segments, 2);
    assertEquals([...captions.values()].join(" "), "1ja 2ja 3ja 4ja, 5ja 6ja. 7ja 8ja, 9ja 10ja.");
    assertEquals(sources.join(" "), "1word 2word 3word 4word, 5word 6word. 7word 8word, 9word 10word.");
    // Each word is 200 ms of a tone, which is softer than 1,000 near its zeros.
    assert(loud > 10 * 4800 * 0.85, `${loud} loud samples`);
    for (const { ttfabMs, unknown } of timings) {
      assert(unknown, "The stages of a model that does all of them have no times");
      assert(ttfabMs !== undefined && ttfabMs < 5000, `${ttfabMs}`);
    }
    assertEquals(service.faults, []);
  });

  Deno.test(`PARLEY_STT=${name} transcribes where others translate and speak`, async () => {
    await using server = serve();
    const { recognizer, service } = await serviceAt(create, server.address);
    await using _engine = recognizer;
    await using _service = service;
    const { signal } = new AbortController();
    const start = {
      source: "en",
      targets: [foreign],
      input: { codec: "pcm_s16le", rate: 16_000 },
    } as const;
    await using session = await connect({
      url: `${service.socketUrl}/v1/stream`,
      start,
      connect: wsConnect,
      signal,
    });
    const captions: string[] = [];
    const reading = (async () => {
      for await (const event of session.events) {
        if (event.type === "caption" && event.lane === 1 && event.final) captions.push(event.stable);
      }
    })();
    await session.send(talk(), signal);
    await session.end(signal);
    await reading;
    assertEquals(
      captions.join(" "),
      "1word 2word 3word 4word, 5word 6word. 7word 8word, 9word 10word.".replaceAll(/\d+/g, `${foreign}:$&`),
    );
  });
}
