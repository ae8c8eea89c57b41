import { contractOf, publishedContract } from "./published.ts";
import { type Recorded, scenarioKey, ScenarioServer } from "./scenario.ts";
import { bodyOf, oddPieces } from "./tone_speech.ts";
import { readUpload, type Upload } from "./upload.ts";

const openai = publishedContract("openai/audio-chat.json");
const speaches = publishedContract("speaches/openapi.json");
const checkRequest = {
  openai: openai?.closed("/components/schemas/CreateTranscriptionRequest"),
  speaches: speaches?.closed("/components/schemas/Body_transcribe_file_v1_audio_transcriptions_post"),
};
const checkAnswer = {
  json: openai?.open("/components/schemas/CreateTranscriptionResponseJson"),
  verbose_json: openai?.open("/components/schemas/CreateTranscriptionResponseVerboseJson"),
  event: openai?.open("/components/schemas/CreateTranscriptionResponseStreamEvent"),
};
/** What is known without the published ones: every field that is sent. */
const checkShape = contractOf({
  request: {
    type: "object",
    required: ["file", "model", "response_format"],
    properties: {
      file: { const: "binary" },
      model: { type: "string", minLength: 1 },
      language: { type: "string", pattern: "^[a-z]{2,3}$" },
      prompt: { type: "string", maxLength: 600 },
      response_format: { enum: ["json", "verbose_json"] },
      timestamp_granularities: { type: "array", items: { enum: ["word"] } },
      stream: { const: true },
    },
  },
}, "transcription").closed("/request");

/**
 * Whose server it is: that of OpenAI with one of its `gpt` models or with `whisper`, that of speaches, or that of whisper.cpp, which has neither keys
 * nor a list of models.
 */
export type TranscriptionDialect = "gpt" | "whisper" | "speaches" | "whisper.cpp";

/** How a stand-in for a transcription server behaves. */
export interface TranscriptionBehaviour {
  readonly dialect?: TranscriptionDialect;
  /** What it answers, in place of what it hears. */
  readonly answers?: (upload: Upload) => Response | undefined;
  /** Is waited for before an answer, with the number of the request, counted from 1. */
  readonly wait?: (request: number) => Promise<void> | undefined;
  /** What was spoken, where it was not said. */
  readonly detects?: string;
}

/** A word that a stand-in hears. */
export interface ToneWord {
  readonly text: string;
  /** Within the file, in seconds. */
  readonly start: number;
  readonly end: number;
}

/**
 * A stand-in for a server with OpenAI's route for transcriptions: hears a word in every 300 ms of sound, the first of a file with a capital, the last
 * with a full stop, as models write.
 */
export function transcriptionServer(behaviour: TranscriptionBehaviour = {}): ScenarioServer {
  const { dialect = "gpt" } = behaviour;
  let requests = 0;
  return new ScenarioServer(async (request, server) => {
    if (dialect !== "whisper.cpp" && request.headers.get("authorization") !== `Bearer ${scenarioKey}`) {
      return Response.json({
        error: { message: "x", type: "invalid_request_error", param: null, code: "invalid_api_key" },
      }, { status: 401 });
    }
    if (request.method === "GET" && request.path === "/models" && dialect !== "whisper.cpp") {
      return Response.json({ object: "list", data: [] });
    }
    if (request.method !== "POST" || request.path !== "/audio/transcriptions") {
      return new Response("File Not Found (/)", { status: 404 });
    }
    const upload = await readUpload(request);
    objectTo(upload, request, server, dialect);
    requests += 1;
    await behaviour.wait?.(requests);
    return behaviour.answers?.(upload) ?? answer(upload, server, behaviour);
  });
}

function objectTo(
  upload: Upload,
  request: Recorded,
  server: ScenarioServer,
  dialect: TranscriptionDialect,
): void {
  const { fields, file, rate, samples } = upload;
  const check = dialect === "speaches" ? checkRequest.speaches : checkRequest.openai;
  server.object(...checkShape(fields), ...check?.(fields) ?? []);
  if (!request.headers.get("content-type")?.startsWith("multipart/form-data; boundary=")) {
    server.object("the body is not declared as a form");
  }
  if (!file.name.endsWith(".wav") || file.type !== "audio/wav") {
    server.object("the file is not named a WAV file");
  }
  if (rate !== 16_000) server.object(`the file has ${rate} Hz: whisper.cpp takes 16,000 without --convert`);
  if (samples.length < 0.1 * rate) server.object("the file is shorter than 0.1 s: OpenAI refuses it");
  if (dialect === "whisper.cpp" && samples.length <= rate) {
    server.object("the file is not longer than 1 s: whisper.cpp hears nothing in it");
  }
  if (file.bytes > 25 * 1024 * 1024) server.object("the file has more than 25 MB");
  const { response_format: format, timestamp_granularities: times, stream } = fields;
  if (times !== undefined && format !== "verbose_json") {
    server.object("times are asked for without verbose_json");
  }
  if (dialect === "gpt" && format !== "json") server.object("OpenAI's gpt models answer in json only");
  if (stream && format === "verbose_json") server.object("a stream has no verbose_json");
}

function answer(
  upload: Upload,
  server: ScenarioServer,
  { dialect = "gpt", detects = "english" }: TranscriptionBehaviour,
): Response {
  const { fields, samples, rate } = upload;
  const words = toneWords(samples, rate);
  const text = words.map(({ text }) => text).join(" ");
  const seconds = samples.length / rate;
  if (fields["stream"] && (dialect === "gpt" || dialect === "speaches")) {
    return streamed(text, server, dialect);
  }
  if (fields["response_format"] === "verbose_json") {
    const reply = verbose(words, { text, duration: seconds, language: detects, dialect });
    // That of whisper.cpp leaves out some of what OpenAI's has.
    if (dialect !== "whisper.cpp") server.object(...checkAnswer.verbose_json?.(reply) ?? []);
    return Response.json(reply);
  }
  const usage = dialect === "whisper.cpp" ? {} : { usage: { type: "duration", seconds } };
  const reply = { text: dialect === "whisper.cpp" ? ` ${text}\n` : text, ...usage };
  server.object(...checkAnswer.json?.(reply) ?? []);
  return Response.json(reply);
}

/** In pieces of odd lengths, with a comment and an event that nobody knows in between. */
function streamed(text: string, server: ScenarioServer, dialect: TranscriptionDialect): Response {
  const parts = dialect === "speaches" ? [` ${text}`] : text.match(/\s?\S{1,3}/g) ?? [];
  const usage = {
    type: "tokens",
    input_tokens: 14,
    output_tokens: parts.length,
    total_tokens: 14 + parts.length,
  };
  const events = [
    ...parts.map((delta) => ({ type: "transcript.text.delta", delta })),
    // speaches reads its segments twice, and the second time there are none.
    dialect === "speaches"
      ? { type: "transcript.text.done", text: "" }
      : { type: "transcript.text.done", text, usage },
  ];
  for (const event of events) server.object(...checkAnswer.event?.(event) ?? []);
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const stream = [": a comment\n\n", `data: {"type":"brand_new","x":[1]}\n\n`, ...lines].join("");
  const bytes = new TextEncoder().encode(stream);
  return new Response(bodyOf(oddPieces(bytes)), { headers: { "content-type": "text/event-stream" } });
}

function verbose(
  words: readonly ToneWord[],
  { text, duration, language, dialect }: {
    readonly text: string;
    readonly duration: number;
    readonly language: string;
    readonly dialect: TranscriptionDialect;
  },
): object {
  const listed = words.map(({ text, start, end }) => ({ word: text, start, end }));
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: duration,
    text: ` ${text}`,
    tokens: [1, 2],
    temperature: 0,
    avg_logprob: -0.2,
    compression_ratio: 1,
    no_speech_prob: 0.01,
  };
  const common = { task: "transcribe", language, duration, text };
  if (dialect === "whisper.cpp") {
    return { ...common, text: ` ${text}\n`, segments: [{ ...segment, words: listed.flatMap(tokens) }] };
  }
  // Those of OpenAI are bare of punctuation; those of speaches begin with the space before them.
  const bare = dialect === "speaches"
    ? listed.map(({ word, ...times }) => ({ word: ` ${word}`, ...times }))
    : listed.map(({ word, ...times }) => ({ word: word.replace(".", ""), ...times }));
  return { ...common, segments: [segment], words: bare };
}

/** A word as whisper.cpp lists it: in parts, the first of them with the space before it. */
function tokens(
  { word, start, end }: { readonly word: string; readonly start: number; readonly end: number },
) {
  const middle = (start + end) / 2;
  return [
    { word: ` ${word.slice(0, 2)}`, start, end: middle, t_dtw: -1, probability: 0.9 },
    { word: word.slice(2), start: middle, end, t_dtw: -1, probability: 0.9 },
  ];
}

const numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** A word for every 300 ms of sound. */
export function toneWords(samples: Int16Array, rate: number): ToneWord[] {
  const window = rate / 100;
  const found: { start: number; end: number }[] = [];
  let loud = 0;
  for (let at = 0; at + window <= samples.length; at += window) {
    let peak = 0;
    for (let index = at; index < at + window; index += 1) peak = Math.max(peak, Math.abs(samples[index]!));
    if (peak < 400) continue;
    loud += 1;
    if (loud % 30 === 1) found.push({ start: at / rate, end: 0 });
    found.at(-1)!.end = (at + window) / rate;
  }
  return found.map(({ start, end }, index) => {
    const word = numbers[index % numbers.length]!;
    const begun = index === 0 ? word[0]!.toUpperCase() + word.slice(1) : word;
    return { text: index === found.length - 1 ? `${begun}.` : begun, start, end };
  });
}
