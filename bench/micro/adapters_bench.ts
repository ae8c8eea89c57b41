import { assemblyAiWire } from "../../adapters/assemblyai/recognizer.ts";
import { readMessage as readCartesia } from "../../adapters/cartesia/wire.ts";
import { deepgramWire } from "../../adapters/deepgram/recognizer.ts";
import { fluxWire } from "../../adapters/deepgram_flux/recognizer.ts";
import { HeardReport } from "../../adapters/net/heard_report.ts";
import type { RecognizerWire, WireConnection } from "../../adapters/net/recognizer_wire.ts";
import { SourceMap } from "../../adapters/net/source_map.ts";
import { SourceTimes } from "../../adapters/net/source_times.ts";
import { readChunk } from "../../adapters/openai_chat/wire.ts";
import { sonioxWire } from "../../adapters/soniox/recognizer.ts";
import { voskWire } from "../../adapters/vosk/recognizer.ts";

const access = { key: "key", address: "http://127.0.0.1:9" };
const common = { ...access, languages: ["en"], concurrency: 1 };
const text = "the old house is near the sea and we go home now again";
const words = text.split(" ").map((word, index) => ({ word, start: index * 0.3, end: index * 0.3 + 0.25 }));

/** What a provider tells while somebody speaks: 13 words that may change. Read again and again, each time by the same connection. */
function interim(wire: RecognizerWire, message: string): void {
  const connection = wire.connection({ languages: ["en"], rate: 16_000, glossary: {}, targets: [] });
  connection.sent?.(5000);
  Deno.bench(`${wire.name}: an interim of 13 words`, { group: "recognizers" }, () => {
    connection.read(message);
  });
}

interim(
  deepgramWire({ ...common, model: "nova-3", silenceMs: 300 }),
  JSON.stringify({
    type: "Results",
    channel_index: [0, 1],
    duration: 4,
    start: 0,
    is_final: false,
    speech_final: false,
    channel: {
      alternatives: [{
        transcript: text,
        confidence: 0.98,
        words: words.map((word) => ({ ...word, confidence: 0.98, punctuated_word: word.word })),
      }],
    },
    metadata: {
      request_id: "c25a38a0-5d15-4e4a-8e2a-6a4f1c9a4b3e",
      model_info: { name: "nova-3", version: "1", arch: "nova-3" },
      model_uuid: "c25a38a0-5d15-4e4a-8e2a-6a4f1c9a4b3e",
    },
  }),
);
interim(
  sonioxWire({ ...common, model: "stt-rt-v5", sensitivity: 0, endpointMs: 1000 }),
  JSON.stringify({
    tokens: words.map(({ word, start, end }) => ({
      text: ` ${word}`,
      start_ms: start * 1000,
      end_ms: end * 1000,
      confidence: 0.98,
      is_final: false,
      language: "en",
    })),
    final_audio_proc_ms: 0,
    total_audio_proc_ms: 4000,
  }),
);
interim(
  assemblyAiWire({
    ...common,
    model: "universal-streaming-english",
    formatted: true,
    silenceMs: 400,
    longestSilenceMs: 1280,
  }),
  JSON.stringify({
    type: "Turn",
    turn_order: 0,
    turn_is_formatted: false,
    end_of_turn: false,
    transcript: "",
    end_of_turn_confidence: 0.1,
    words: words.map(({ word, start, end }) => ({
      text: word,
      start: start * 1000,
      end: end * 1000,
      confidence: 0.98,
      word_is_final: false,
    })),
  }),
);
interim(voskWire(common), JSON.stringify({ partial: text }));

/** What Flux tells of a turn of 60 words, 250 ms after 250 ms: all of its words each time, of which the last may change. */
function* turn(): Generator<string> {
  const longMs = 18_000;
  const said = Array.from({ length: longMs / 300 }, (_, index) => ({
    word: words[index % words.length]!.word,
    confidence: 0.98,
    start: index * 0.3,
    end: index * 0.3 + 0.25,
  }));
  for (let ms = 250; ms <= longMs; ms += 250) {
    const so = said.slice(0, Math.ceil(ms / 300));
    if (ms % 500 === 0) so.push({ ...so.pop()!, word: "misheard" });
    yield JSON.stringify({
      type: "TurnInfo",
      request_id: "c25a38a0-5d15-4e4a-8e2a-6a4f1c9a4b3e",
      sequence_id: ms / 250,
      event: ms === 250 ? "StartOfTurn" : ms === longMs ? "EndOfTurn" : "Update",
      turn_index: 0,
      audio_window_start: 0,
      audio_window_end: ms / 1000,
      transcript: so.map(({ word }) => word).join(" "),
      words: so,
      end_of_turn_confidence: 0.1,
    });
  }
}

const flux = fluxWire({
  ...common,
  models: { english: "flux-general-en", multilingual: "flux-general-multi" },
  threshold: 0.7,
  timeoutMs: 5000,
  forcing: true,
});
const updates = [...turn()];
const turns = { group: "a turn of 60 words" };

/** Over and over again, each time as a new connection. */
function repeated(take: () => (message: string) => void): () => void {
  let at = 0;
  let taken = take();
  return () => {
    if (at === 0) taken = take();
    taken(updates[at]!);
    at = (at + 1) % updates.length;
  };
}

function hearTurn(): WireConnection {
  const connection = flux.connection({ languages: ["en"], rate: 16_000, glossary: {}, targets: [] });
  connection.sent?.(20_000);
  return connection;
}

Deno.bench(
  "deepgram_flux: an update, read as JSON alone",
  turns,
  repeated(() => (message) => void JSON.parse(message)),
);
Deno.bench(
  "deepgram_flux: an update",
  turns,
  repeated(() => {
    const connection = hearTurn();
    return (message) => void connection.read(message);
  }),
);
Deno.bench(
  "deepgram_flux: an update, and what the port is told of it",
  turns,
  repeated(() => {
    const connection = hearTurn();
    const map = new SourceMap(16_000);
    map.flow(0, 20 * 16_000);
    const times = new SourceTimes(map);
    const report = new HeardReport({ rate: 16_000, languages: ["en"] });
    report.begin(0);
    return (message) => {
      for (const event of connection.read(message)) {
        if (event.type === "started") report.started(times.started(event, 20_000));
        if (event.type === "heard") report.heard(times.heard(event, 20_000));
        if (event.type === "unchanged") report.unchanged(times.position(event.toMs, "ends"));
        if (event.type === "ended") report.close(times.ended(event));
      }
    };
  }),
);

const chunk = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_800_000_000,
  model: "a-model",
  choices: [{ index: 0, delta: { content: " casa" }, finish_reason: null }],
});
Deno.bench("openai_chat: a token", { group: "translators" }, () => {
  readChunk(chunk, "OpenAI");
});

const audio = JSON.stringify({
  type: "chunk",
  data: new Uint8Array(4800).fill(7).toBase64(),
  done: false,
  status_code: 206,
  step_time: 12,
  context_id: "c1",
});
Deno.bench("cartesia: 100 ms of audio", { group: "voices" }, () => {
  readCartesia(audio);
});
