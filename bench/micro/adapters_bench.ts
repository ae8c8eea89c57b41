import { assemblyAiWire } from "../../adapters/assemblyai/recognizer.ts";
import { readMessage as readCartesia } from "../../adapters/cartesia/wire.ts";
import { deepgramWire } from "../../adapters/deepgram/recognizer.ts";
import type { RecognizerWire } from "../../adapters/net/recognizer_wire.ts";
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
