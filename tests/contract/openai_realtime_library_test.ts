/** OpenAI's own library against the stand-in for realtime transcription, and what it sends against what we send. */
import { assert, assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import OpenAI from "openai";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { Tone } from "../../adapters/fake/tone.ts";
import {
  appendMessage,
  commitMessage,
  connection,
  updateMessage,
} from "../../adapters/openai_realtime/wire.ts";
import golden from "../fixtures/golden/openai_realtime.json" with { type: "json" };
import { realtimeServer } from "../support/contract/openai_realtime.ts";
import { scenarioKey } from "../support/contract/scenario.ts";
import { settle } from "../support/fake_clock.ts";

const rate = 24_000;

/** The library connects by TLS whatever the address says: its sockets go without, until this is disposed. */
function plainSockets(): Disposable {
  const usual = globalThis.WebSocket;
  globalThis.WebSocket = class extends usual {
    constructor(...[url, options]: ConstructorParameters<typeof usual>) {
      super(String(url).replace(/^wss:/, "ws:"), options);
    }
  };
  return { [Symbol.dispose]: () => void (globalThis.WebSocket = usual) };
}

Deno.test("openai transcribes in real time with the stand-in, committing itself", async () => {
  await using server = realtimeServer();
  using _ = plainSockets();
  const client = new OpenAI({ apiKey: scenarioKey, baseURL: server.address });
  const realtime = new OpenAIRealtimeWebSocket({ intent: "transcription" }, client);
  let deltas = "";
  let whole: string | undefined;
  const errors: string[] = [];
  realtime.on("conversation.item.input_audio_transcription.delta", ({ delta }) => deltas += delta);
  realtime.on(
    "conversation.item.input_audio_transcription.completed",
    ({ transcript }) => whole = transcript,
  );
  realtime.on("error", ({ error }) => errors.push(String(error?.code)));
  let updated = false;
  realtime.on("session.updated", () => updated = true);
  await new Promise((resolve) => realtime.socket.addEventListener("open", resolve));
  realtime.send({
    type: "session.update",
    session: {
      type: "transcription",
      audio: {
        input: {
          format: { type: "audio/pcm", rate: 24_000 },
          transcription: { model: "gpt-realtime-whisper" },
          // The library's own types want one, OpenAI's specification wants none.
          turn_detection: null as unknown as { type: "server_vad" },
        },
      },
    },
  });
  while (!updated) await settle();
  realtime.send({ type: "input_audio_buffer.commit" });
  const tone = new Tone(440, rate).samples(0, rate);
  realtime.send({ type: "input_audio_buffer.append", audio: encodeBase64(new Uint8Array(tone.buffer)) });
  realtime.send({ type: "input_audio_buffer.commit" });
  while (whole === undefined) await settle();
  assertEquals([deltas, whole], ["word1 word2 word3 word4", "word1 word2 word3 word4"]);
  assertEquals(errors, ["input_audio_buffer_commit_empty"]);
  const closed = new Promise((resolve) => realtime.socket.addEventListener("close", resolve));
  realtime.close();
  await closed;
});

Deno.test("openai_realtime sends what OpenAI's own library sends", () => {
  const access = { address: "https://provider.example/v1", key: "KEY", dialect: "ga" } as const;
  const { url, headers } = connection(access, "gpt-live-transcribe");
  assertEquals([url, headers], [
    `wss://provider.example${golden["openai connection"].ws}`,
    golden["openai connection"].headers,
  ]);
  const speech = {
    model: "gpt-live-transcribe",
    languages: [],
    glossary: {},
    silenceMs: undefined,
    delay: "low",
  } as const;
  const messages = [updateMessage("ga", speech), appendMessage(new Uint8Array(3)), commitMessage];
  assertEquals(messages.map((message) => JSON.parse(message)), golden["openai frames"]);
});

Deno.test("openai_realtime tells each model what it takes", () => {
  const glossary = { Parley: "Parley", Åse: "Åse", " ": "" };
  const asked = (model: string, languages: readonly string[], silenceMs?: number) =>
    JSON.parse(updateMessage("ga", { model, languages, glossary, silenceMs, delay: "low" })).session.audio
      .input;
  assertEquals(asked("gpt-live-transcribe", ["en", "en-GB", "nb"]).transcription, {
    model: "gpt-live-transcribe",
    languages: ["en", "no"],
    keywords: ["Parley", "Åse"],
  });
  assertEquals(asked("gpt-4o-transcribe", ["pt-BR"], 400), {
    format: { type: "audio/pcm", rate: 24_000 },
    transcription: { model: "gpt-4o-transcribe", language: "pt", prompt: "Parley, Åse" },
    turn_detection: { type: "server_vad", silence_duration_ms: 400 },
  });
  assertEquals(asked("gpt-realtime-whisper", ["en"]).transcription, {
    model: "gpt-realtime-whisper",
    language: "en",
    delay: "low",
  });
  const beta = JSON.parse(
    updateMessage("beta", { model: "whisper", languages: ["es"], glossary, silenceMs: 400, delay: "low" }),
  );
  assertEquals(beta.session, { input_audio_transcription: { model: "whisper", language: "es" } });
  const { url, headers } = connection(
    { address: "http://127.0.0.1:8000/v1", key: "", dialect: "beta" },
    "a/b",
  );
  assertEquals([url, headers], ["ws://127.0.0.1:8000/v1/realtime?model=a%2Fb&intent=transcription", {}]);
  assert(!commitMessage.includes("event_id"));
});
