import * as v from "valibot";
import type { ErrorKind } from "../../pipeline/error.ts";
import type { HttpRequest } from "../net/http.ts";

// https://github.com/deepgram/deepgram-api-specs, openapi.yml: POST /v1/speak, GET /v1/projects.

/** How Deepgram is reached. */
export interface DeepgramAccess {
  readonly key: string;
  /** Where its routes begin: `https://api.deepgram.com`. */
  readonly address: string;
}

/** A text to be spoken. */
export interface AuraText {
  readonly text: string;
  /** The voice: `aura-2-celeste-es`. */
  readonly model: string;
  /** Samples a second. */
  readonly rate: number;
  readonly speed: number;
}

/** The request that has a text spoken: without a container, since the default is a WAV file. */
export function speakRequest(
  { key, address }: DeepgramAccess,
  { text, model, rate, speed }: AuraText,
): HttpRequest {
  const query = new URLSearchParams({
    model,
    encoding: "linear16",
    container: "none",
    sample_rate: String(rate),
    ...(speed === 1 ? {} : { speed: String(speed) }),
  });
  return {
    method: "POST",
    url: `${address}/v1/speak?${query}`,
    headers: { authorization: `Token ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ text }),
  };
}

const failure = v.object({ err_code: v.optional(v.string()), category: v.optional(v.string()) });

/** What Deepgram calls its errors (https://developers.deepgram.com/docs/errors). */
const kinds: Readonly<Record<string, ErrorKind>> = {
  INSUFFICIENT_CREDITS: "quota_exhausted",
  ASR_PAYMENT_REQUIRED: "quota_exhausted",
  TOO_MANY_REQUESTS: "concurrency",
};

/** What a refusal means: its code says more than its status. */
export function refusal(_status: number, body: unknown): ErrorKind | undefined {
  const result = v.safeParse(failure, body);
  if (!result.success) return undefined;
  return kinds[result.output.err_code ?? ""] ?? kinds[result.output.category ?? ""];
}
