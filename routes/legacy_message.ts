import * as v from "valibot";
import { PipelineError } from "../pipeline/error.ts";

/** The longest message that is read, in characters: 98 s of WAV at 16 kHz. Reading it as JSON takes 4 to 10 ms. */
export const MAX_LEGACY_CHARS = 4_194_304;

/** What a client of the old app asks for. */
export interface LegacyRequest {
  /** Goes back with the translation as it is. */
  readonly messageId: string | number;
  readonly source: string;
  readonly target: string;
  /** Base64. */
  readonly audio: string;
  /** What the `data:` URL says of the audio, if it is one. */
  readonly mediaType: string | undefined;
}

/** What a client of the old app gets for one message. */
export interface LegacyTranslation {
  readonly messageId: string | number;
  readonly original: string;
  readonly translated: string;
  /** A WAV file in base64. */
  readonly audio: string;
}

const language = v.optional(v.pipe(v.string(), v.maxLength(40)));
const audioMessage = v.object({
  type: v.literal("audio"),
  data: v.union([
    v.string(),
    v.object({
      audio: v.string(),
      message_id: v.optional(v.union([v.pipe(v.string(), v.maxLength(100)), v.number()])),
      source_language: language,
      target_language: language,
    }),
  ]),
});

/**
 * Reads a message of the old app. What it has besides is passed over.
 *
 * @throws {PipelineError} of kind `invalid_request`, naming what was expected.
 */
export function parseLegacyMessage(text: string): LegacyRequest {
  if (text.length > MAX_LEGACY_CHARS) {
    throw invalid(`it has ${text.length} characters, expected at most ${MAX_LEGACY_CHARS}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
  const result = v.safeParse(audioMessage, json);
  if (!result.success) {
    const field = v.getDotPath(result.issues[0]);
    throw invalid(
      `${
        field === null ? "it" : `its field ${field}`
      } is missing or of another kind, expected {"type":"audio","data":{"audio":BASE64,"message_id"?,"source_language"?,"target_language"?}}`,
    );
  }
  const { data } = result.output;
  const fields = typeof data === "string" ? { audio: data } : data;
  return {
    messageId: fields.message_id ?? crypto.randomUUID(),
    source: fields.source_language ?? "en",
    target: fields.target_language ?? "es",
    ...splitUrl(fields.audio),
  };
}

/** A translation as the old app's clients read it. */
export function translationMessage({ messageId, original, translated, audio }: LegacyTranslation): string {
  const before = JSON.stringify({
    type: "translation",
    data: { message_id: messageId, original_text: original, translated_text: translated, audio_url: "" },
  });
  // Base64 needs no escapes: put in by hand, megabytes of it are not looked through once more.
  return `${before.slice(0, -'"}}'.length)}data:audio/wav;base64,${audio}"}}`;
}

/** An error as the old app's clients read it. */
export function errorMessage(message: string): string {
  return JSON.stringify({ type: "error", message });
}

function splitUrl(audio: string): { readonly audio: string; readonly mediaType: string | undefined } {
  if (!audio.startsWith("data:")) return { audio, mediaType: undefined };
  const [head = ""] = audio.slice(0, 200).split(",", 1);
  if (!head.endsWith(";base64")) {
    throw invalid("its audio is a data: URL of another kind, expected data:audio/wav;base64,…");
  }
  return { audio: audio.slice(head.length + 1), mediaType: head.slice("data:".length, -";base64".length) };
}

function invalid(what: string): PipelineError {
  return new PipelineError("invalid_request", `Cannot read the message: ${what}`);
}
