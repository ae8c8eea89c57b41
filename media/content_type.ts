import { MediaError } from "./error.ts";
import { checkLayout } from "./limits.ts";

/** What a content type says about audio: a WAV file, which describes itself, or raw 16-bit samples. */
export type AudioType =
  | { readonly container: "wav" }
  | {
    readonly container: "raw";
    /** Samples a second and channel. */
    readonly rate: number;
    readonly channels: number;
    readonly endian: "little" | "big";
  };

/** The content types that are read, as an error message names them. */
export const SUPPORTED_TYPES =
  "audio/wav, audio/pcm;rate=16000;encoding=s16le;channels=1 or audio/L16;rate=16000;channels=1";

const wavTypes = new Set(["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"]);

/**
 * Parses a `Content-Type` header of audio. Raw audio has to name its rate; it is mono unless it says otherwise. `audio/pcm` is
 * little-endian unless its encoding is `s16be`; `audio/L16` is big-endian (RFC 2586; RFC 3551, section 4.5.11).
 *
 * @throws {MediaError} `unsupported`, naming what is supported, or `malformed` when a parameter has no sensible value.
 */
export function parseAudioType(header: string | null): AudioType {
  const [name = "", ...rest] = (header ?? "").split(";").map((part) => part.trim());
  const type = name.toLowerCase();
  if (wavTypes.has(type)) return { container: "wav" };
  if (type !== "audio/pcm" && type !== "audio/l16") throw unsupported(`the content type is ${shown(name)}`);
  const parameters = parseParameters(rest);
  const rate = count(parameters, "rate", undefined);
  const channels = count(parameters, "channels", 1);
  const encoding = type === "audio/l16" ? "s16be" : take(parameters, "encoding") ?? "s16le";
  for (const unknown of parameters.keys()) {
    throw unsupported(`the content type has a parameter ${shown(unknown)}`);
  }
  if (encoding !== "s16le" && encoding !== "s16be") throw unsupported(`the encoding is ${shown(encoding)}`);
  checkLayout(rate, channels);
  return { container: "raw", rate, channels, endian: encoding === "s16le" ? "little" : "big" };
}

/** `name=value` and `name="value"`, the names in lower case (RFC 9110, section 5.6.6). */
function parseParameters(parts: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of parts.filter((part) => part !== "")) {
    const [, name, quoted, plain] = /^([^=\s]+)=(?:"([^"]*)"|([^"\s]+))$/.exec(part) ?? [];
    if (name === undefined || parameters.has(name.toLowerCase())) {
      throw malformed(`a parameter is ${shown(part)}`, "name=value, each name once");
    }
    parameters.set(name.toLowerCase(), (quoted ?? plain ?? "").toLowerCase());
  }
  return parameters;
}

function take(parameters: Map<string, string>, name: string): string | undefined {
  const value = parameters.get(name);
  parameters.delete(name);
  return value;
}

function count(parameters: Map<string, string>, name: string, fallback: number | undefined): number {
  const value = take(parameters, name);
  if (value === undefined && fallback !== undefined) return fallback;
  if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  throw malformed(`the parameter ${name} is ${value === undefined ? "missing" : shown(value)}`, "a number");
}

function unsupported(found: string): MediaError {
  return new MediaError("unsupported", `Cannot read the audio: ${found}, expected ${SUPPORTED_TYPES}`);
}

function malformed(found: string, expected: string): MediaError {
  return new MediaError("malformed", `Cannot read the content type: ${found}, expected ${expected}`);
}

/** A stranger's text, short enough for a message. */
function shown(text: string): string {
  return text === "" ? "missing" : JSON.stringify(text.slice(0, 60));
}
