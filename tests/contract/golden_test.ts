import { assertEquals } from "@std/assert";
import { connection, phraseMessage } from "../../adapters/cartesia/wire.ts";
import { streamRequest } from "../../adapters/elevenlabs/wire.ts";
import type { HttpRequest } from "../../adapters/net/http.ts";
import { chatRequest } from "../../adapters/openai_chat/wire.ts";
import { speechRequest } from "../../adapters/openai_speech/wire.ts";
import golden from "../fixtures/golden/synthesizers_and_chat.json" with { type: "json" };

const address = "https://provider.example";

/** A request as the captures have it. */
function captured({ method, url, headers, body }: HttpRequest) {
  return { http: `${method} ${url.slice(address.length)}`, headers, body: JSON.parse(body!) };
}

Deno.test("elevenlabs sends what ElevenLabs' own library sends", () => {
  const speaker = { model: "eleven_flash_v2_5", voice: "VOICE", language: "es", rate: 16_000 };
  assertEquals(
    captured(streamRequest({ key: "KEY", address }, speaker, "hola", 1)),
    golden["elevenlabs stream"],
  );
});

Deno.test("openai_speech sends what OpenAI's own library sends", () => {
  const text = { model: "gpt-4o-mini-tts", voice: "coral", text: "hola", speed: 1 };
  assertEquals(
    captured(speechRequest({ key: "KEY", address: `${address}/v1` }, text)),
    golden["openai speech"],
  );
});

Deno.test("openai_chat sends what OpenAI's own library sends, and says what it wants of the stream", () => {
  const options = { model: "gpt-x", dialect: "compatible", tokens: 9 } as const;
  const request = chatRequest({ key: "KEY", address: `${address}/v1` }, options, [{
    role: "user",
    content: "x",
  }]);
  const { http, headers, body } = captured(request);
  const { stream_options, temperature, max_tokens, ...rest } = body;
  const { accept, ...usual } = headers!;
  assertEquals({ http, headers: usual, body: rest }, golden["openai completions"]);
  assertEquals({ accept, stream_options, temperature, max_tokens }, {
    accept: "text/event-stream",
    stream_options: { include_usage: true },
    temperature: 0,
    max_tokens: 9,
  });
});

Deno.test("cartesia sends what Cartesia's own library sends, the key in a header", () => {
  const { url, headers } = connection({ key: "KEY", address });
  const theirs = new URL(golden["cartesia connection"].ws, address);
  assertEquals(new URL(url).pathname, theirs.pathname);
  assertEquals(
    new URL(url).searchParams.get("cartesia_version"),
    theirs.searchParams.get("cartesia_version"),
  );
  assertEquals(headers, { authorization: "Bearer KEY" });
  const speaker = { model: "sonic-3.5", voice: "V", language: "es", rate: 16_000, speed: 1 };
  for (const frame of golden["cartesia frames"]) {
    const ours = JSON.parse(phraseMessage(frame.context_id, speaker, frame.transcript, frame.continue));
    const { max_buffer_delay_ms: _, voice, ...rest } = ours;
    const { voice: { mode: __, ...theirVoice }, ...theirRest } = frame;
    assertEquals(rest, theirRest);
    assertEquals(voice, theirVoice);
  }
});
