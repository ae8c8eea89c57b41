import type { HttpRequest } from "../net/http.ts";

// https://github.com/openai/openai-openapi: POST /audio/speech, GET /models.

/** How a server is reached. */
export interface SpeechAccess {
  /** Where its routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  /** Empty where the server wants none. */
  readonly key: string;
}

/** The rate of raw audio where the request cannot ask for another. */
export const usualRate = 24_000;

/** A text to be spoken. */
export interface SpeechText {
  readonly model: string;
  readonly voice: string;
  readonly text: string;
  readonly speed: number;
  /** Samples a second, where the server has a field for it; else it gives {@linkcode usualRate}. */
  readonly rate?: number;
}

/** The request that has a text spoken: raw samples, since a WAV header says nothing that is not known. */
export function speechRequest(
  access: SpeechAccess,
  { model, voice, text, speed, rate }: SpeechText,
): HttpRequest {
  const body = {
    model,
    voice,
    input: text,
    response_format: "pcm",
    ...(speed === 1 ? {} : { speed }),
    ...(rate === undefined ? {} : { sample_rate: rate }),
  };
  return {
    method: "POST",
    url: `${access.address}/audio/speech`,
    headers: { ...headersOf(access), "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The request that shows whether the server is there and takes the key. */
export function modelsRequest(access: SpeechAccess): HttpRequest {
  return { method: "GET", url: `${access.address}/models`, headers: headersOf(access) };
}

function headersOf({ key }: SpeechAccess): Record<string, string> {
  return key === "" ? {} : { authorization: `Bearer ${key}` };
}
