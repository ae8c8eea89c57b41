/** OpenAI's own library against the stand-in for a transcription server: a stand-in that it takes for OpenAI is not of our own invention. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import OpenAI from "openai";
import { Tone } from "../../adapters/fake/tone.ts";
import { wavFile } from "../../adapters/net/wav_file.ts";
import { transcribeRequest } from "../../adapters/openai_transcribe/wire.ts";
import { scenarioKey, type ScenarioServer } from "../support/contract/scenario.ts";
import { transcriptionServer } from "../support/contract/transcription.ts";
import { readUpload } from "../support/contract/upload.ts";

const rate = 16_000;
const wav = wavFile(new Tone(440, rate).samples(0, 1.2 * rate), rate);
const file = () => new File([wav], "speech.wav", { type: "audio/wav" });
const clientOf = (server: ScenarioServer, apiKey = scenarioKey) =>
  new OpenAI({ apiKey, baseURL: server.address, maxRetries: 0 });

Deno.test("openai streams a transcription from the stand-in for a transcription server", async () => {
  await using server = transcriptionServer();
  const stream = await clientOf(server).audio.transcriptions.create({
    file: file(),
    model: "scenario",
    language: "en",
    response_format: "json",
    stream: true,
  });
  let text = "";
  let whole: string | undefined;
  let tokens: number | undefined;
  for await (const event of stream) {
    if (event.type === "transcript.text.delta") text += event.delta;
    if (event.type !== "transcript.text.done") continue;
    whole = event.text;
    tokens = event.usage?.total_tokens;
  }
  assertEquals([text, whole], ["One two three four.", "One two three four."]);
  assert(tokens! > 14);
});

Deno.test("openai gets the times of words from the stand-in for a transcription server", async () => {
  for (const dialect of ["whisper", "speaches"] as const) {
    await using server = transcriptionServer({ dialect });
    const { text, words, duration } = await clientOf(server).audio.transcriptions.create({
      file: file(),
      model: "scenario",
      response_format: "verbose_json",
      timestamp_granularities: ["word"],
    });
    assertEquals([text, words?.length, duration], ["One two three four.", 4, 1.2]);
    assertEquals(words!.map(({ start }) => start), [0, 0.3, 0.6, 0.9]);
  }
});

Deno.test("openai gets a text from the stand-in for a transcription server, and the key refused", async () => {
  await using server = transcriptionServer();
  const { text } = await clientOf(server).audio.transcriptions.create({
    file: file(),
    model: "scenario",
    response_format: "json",
  });
  assertEquals(text, "One two three four.");
  const error = await clientOf(server, "sk-wrong").audio.transcriptions.create({
    file: file(),
    model: "scenario",
  })
    .catch((error) => error);
  assertInstanceOf(error, OpenAI.AuthenticationError);
});

Deno.test("openai_transcribe sends the form that OpenAI's own library sends", async () => {
  await using server = transcriptionServer({ dialect: "speaches" });
  const request = transcribeRequest(
    { address: server.address, key: scenarioKey },
    { model: "scenario", answer: "words", language: "en", terms: ["Parley"] },
    wav,
  );
  const { url, method, headers, body } = request;
  await (await fetch(url, { method, headers: headers!, body: body! })).body?.cancel();
  await clientOf(server).audio.transcriptions.create({
    file: file(),
    model: "scenario",
    language: "en",
    prompt: "Parley",
    response_format: "verbose_json",
    timestamp_granularities: ["word"],
  });
  const [ours, theirs] = server.requests;
  const [one, other] = [await readUpload(ours!), await readUpload(theirs!)];
  assertEquals(ours!.path, theirs!.path);
  assertEquals(ours!.headers.get("authorization"), theirs!.headers.get("authorization"));
  assertEquals(one.fields, other.fields);
  assertEquals(one.file, other.file);
});
