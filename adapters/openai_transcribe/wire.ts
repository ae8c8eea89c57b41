import type { LanguageTag } from "../../pipeline/language.ts";
import type { HttpRequest } from "../net/http.ts";

// https://github.com/openai/openai-openapi: POST /audio/transcriptions, GET /models.

/** How a server is reached. */
export interface TranscribeAccess {
  /** Where its routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  /** Empty where the server wants none. */
  readonly key: string;
}

/**
 * What is asked for: `stream` is text as the model writes it, as server-sent events; `words` is everything at once, with the times of the words;
 * `text` is the text alone.
 */
export type AnswerForm = "stream" | "words" | "text";

/** What is asked of the model. */
export interface TranscribeOptions {
  readonly model: string;
  readonly answer: AnswerForm;
  /** What is spoken; the model finds out when absent. */
  readonly language?: LanguageTag;
  /** Terms that may be said; empty for none. */
  readonly terms: readonly string[];
}

/** The longest hint that is sent, in UTF-16 units: models read 224 tokens of it. */
const promptLimit = 600;

/** What the models call a language that has another tag. */
const codes: Readonly<Record<string, string>> = { nb: "no", fil: "tl", jv: "jw" };

/** The request that has a WAV file transcribed. */
export function transcribeRequest(
  access: TranscribeAccess,
  { model, answer, language, terms }: TranscribeOptions,
  wav: Uint8Array<ArrayBuffer>,
): HttpRequest<FormData> {
  const body = new FormData();
  body.set("model", model);
  if (language !== undefined) {
    const code = new Intl.Locale(language).language;
    body.set("language", codes[code] ?? code);
  }
  const prompt = promptOf(terms);
  if (prompt !== "") body.set("prompt", prompt);
  body.set("response_format", answer === "words" ? "verbose_json" : "json");
  if (answer === "words") body.set("timestamp_granularities[]", "word");
  if (answer === "stream") body.set("stream", "true");
  // Servers tell the format by the ending of the name.
  body.set("file", new File([wav], "speech.wav", { type: "audio/wav" }));
  return { method: "POST", url: `${access.address}/audio/transcriptions`, headers: headersOf(access), body };
}

/** The request that shows whether the server is there and takes the key. */
export function modelsRequest(access: TranscribeAccess): HttpRequest {
  return { method: "GET", url: `${access.address}/models`, headers: headersOf(access) };
}

function promptOf(terms: readonly string[]): string {
  let prompt = "";
  for (const term of terms) {
    const more = prompt === "" ? term : `${prompt}, ${term}`;
    if (more.length > promptLimit) break;
    prompt = more;
  }
  return prompt;
}

function headersOf({ key }: TranscribeAccess): Record<string, string> {
  return key === "" ? {} : { authorization: `Bearer ${key}` };
}
