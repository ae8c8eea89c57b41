import type { HttpRequest } from "../net/http.ts";

// https://github.com/OHF-Voice/piper1-gpl, docs/API_HTTP.md: POST /synthesize, GET /voices.

/** How a Piper server is reached. */
export interface PiperAccess {
  readonly address: string;
}

/** The request that has a text spoken. */
export function synthesizeRequest(
  { address }: PiperAccess,
  { text, voice, speed }: { readonly text: string; readonly voice: string; readonly speed: number },
): HttpRequest {
  const body = { text, voice, ...(speed === 1 ? {} : { length_scale: 1 / speed }) };
  return {
    method: "POST",
    url: `${address}/synthesize`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The request that lists the voices. */
export function voicesRequest({ address }: PiperAccess): HttpRequest {
  return { method: "GET", url: `${address}/voices` };
}
