import * as v from "valibot";
import { decodeBase64 } from "../net/base64.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { GoogleAccess } from "./translate_wire.ts";

// https://cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize

/** The name of the voice that Google chooses for a language. */
export const anyVoice = "standard";

/** A text to be spoken. */
export interface GoogleText {
  readonly text: string;
  readonly language: string;
  /** {@linkcode anyVoice}, or one of Google's names. */
  readonly voice: string;
  /** Samples a second. */
  readonly rate: number;
  readonly speed: number;
}

/** The request that has a text spoken: as `PCM`, which unlike `LINEAR16` has no header. */
export function synthesizeRequest(
  { key, address }: GoogleAccess,
  { text, language, voice, rate, speed }: GoogleText,
): HttpRequest {
  const body = {
    input: { text },
    voice: { languageCode: codeOf(language), ...(voice === anyVoice ? {} : { name: voice }) },
    audioConfig: {
      audioEncoding: "PCM",
      sampleRateHertz: rate,
      ...(speed === 1 ? {} : { speakingRate: speed }),
    },
  };
  return {
    method: "POST",
    url: `${address}/v1/text:synthesize`,
    headers: { "x-goog-api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The request that lists the voices, which shows whether the key is good. */
export function voicesRequest({ key, address }: GoogleAccess, language: string): HttpRequest {
  const query = new URLSearchParams({ languageCode: language });
  return { method: "GET", url: `${address}/v1/voices?${query}`, headers: { "x-goog-api-key": key } };
}

/** Google's code for a language: Mandarin is `cmn`. */
function codeOf(language: string): string {
  return language.replace(/^zh\b/, "cmn");
}

const spoken = v.object({ audioContent: v.string() });

/** The samples in an answer. */
export function readAudio(reply: unknown): Uint8Array {
  return decodeBase64(parseReply(spoken, reply, "Google").audioContent, "Google");
}
