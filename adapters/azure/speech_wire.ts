import type { HttpRequest } from "../net/http.ts";

// https://learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech

/** How Azure's voices are reached. */
export interface AzureSpeechAccess {
  readonly key: string;
  /** Where the routes begin: `https://westeurope.tts.speech.microsoft.com`. */
  readonly address: string;
}

/** Azure's names for raw audio, by its rate. */
export const outputFormats: Readonly<Record<number, string>> = {
  24_000: "raw-24khz-16bit-mono-pcm",
  16_000: "raw-16khz-16bit-mono-pcm",
  48_000: "raw-48khz-16bit-mono-pcm",
  22_050: "raw-22050hz-16bit-mono-pcm",
  8_000: "raw-8khz-16bit-mono-pcm",
};

/** A text to be spoken. */
export interface AzureText {
  readonly text: string;
  readonly language: string;
  readonly voice: string;
  /** Samples a second: one of {@linkcode outputFormats}. */
  readonly rate: number;
  readonly speed: number;
}

/** The request that has a text spoken, as SSML. */
export function speechRequest({ key, address }: AzureSpeechAccess, text: AzureText): HttpRequest {
  return {
    method: "POST",
    url: `${address}/cognitiveservices/v1`,
    headers: {
      "ocp-apim-subscription-key": key,
      "content-type": "application/ssml+xml",
      "x-microsoft-outputformat": outputFormats[text.rate]!,
      "user-agent": "parley",
    },
    body: ssml(text),
  };
}

/** The request that lists the voices, which shows whether the key is good. */
export function voicesRequest({ key, address }: AzureSpeechAccess): HttpRequest {
  return {
    method: "GET",
    url: `${address}/cognitiveservices/voices/list`,
    headers: { "ocp-apim-subscription-key": key },
  };
}

function ssml({ text, language, voice, speed }: AzureText): string {
  const spoken = escaped(text);
  const paced = speed === 1 ? spoken : `<prosody rate="${speed}">${spoken}</prosody>`;
  return `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${escaped(language)}">` +
    `<voice name="${escaped(voice)}">${paced}</voice></speak>`;
}

/** The text as XML 1.0 has it: the marks escaped, and the characters left out that it cannot hold. */
function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return text.toWellFormed().replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll(/[&<>"']/g, (mark) => marks[mark]!);
}
