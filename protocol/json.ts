import { CloseCode } from "./close.ts";
import { ProtocolError } from "./error.ts";
import { MAX_TEXT_BYTES } from "./limits.ts";

/** The bytes that a text takes in UTF-8; an unpaired surrogate counts 3, as it is sent as U+FFFD. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      index += 1;
    } else {
      bytes += 2;
    }
  }
  return bytes;
}

/**
 * The JSON object with a `type` that a text message holds.
 *
 * @throws {ProtocolError} when it is too large (1009) or not such an object (4400).
 */
export function parseTagged(text: string, limitBytes: number = MAX_TEXT_BYTES): { readonly type: string } {
  if (text.length > limitBytes || (3 * text.length > limitBytes && utf8Bytes(text) > limitBytes)) {
    throw new ProtocolError(
      `Cannot read a text message: it has ${utf8Bytes(text)} bytes, expected at most ${limitBytes}`,
      CloseCode.tooLarge,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError("Cannot read a text message: it is not JSON, expected an object");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`Cannot read a text message: it is ${describe(value)}, expected an object`);
  }
  const type = (value as { type?: unknown }).type;
  if (typeof type !== "string") {
    throw new ProtocolError(`Cannot read a text message: its type is ${describe(type)}, expected a string`);
  }
  return value as { type: string };
}

/** What a value is, for an error message: strings and objects are not repeated. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
