import * as v from "valibot";
import { CloseCode } from "./close.ts";
import { ProtocolError } from "./error.ts";
import { MAX_TEXT_BYTES } from "./limits.ts";

/** A field whose value passes `test`; `expected` completes "expected …" in the error message. */
export function field<T>(test: (value: unknown) => boolean, expected: string): v.CustomSchema<T, string> {
  return v.custom<T, string>(test, expected);
}

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): v.CustomSchema<number, string> {
  return field(
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    `an integer from ${min} to ${max}`,
  );
}

/** A number modulo 2³²: sequence numbers, positions, segments, ids. */
export const uint32: v.CustomSchema<number, string> = integer(0, 4_294_967_295);

/** A finite number. */
export const finite: v.CustomSchema<number, string> = field(Number.isFinite, "a finite number");

/** A truth value. */
export const boolean: v.CustomSchema<boolean, string> = field(
  (value) => typeof value === "boolean",
  "true or false",
);

/** A string of `min` to `max` UTF-16 units. */
export function string(min: number, max: number): v.CustomSchema<string, string> {
  return field(
    (value) => typeof value === "string" && value.length >= min && value.length <= max,
    `a string of ${min} to ${max} characters`,
  );
}

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

/**
 * Checks a message against the schema of its type.
 *
 * @throws {ProtocolError} naming the first field that is wrong. Strings are described by their length, never repeated.
 */
export function check<T>(schema: v.GenericSchema<unknown, T>, message: { readonly type: string }): T {
  const result = v.safeParse(schema, message, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? "it";
  const problem = issue.expected === "never"
    ? "is not a field of this message"
    : `is ${describe(issue.input)}, expected ${issue.type === "custom" ? issue.message : expectedBy(issue)}`;
  throw new ProtocolError(`Cannot read the message ${message.type}: ${path.slice(0, 64)} ${problem}`);
}

function expectedBy(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "array") return "an array";
  return issue.expected === "Object" ? "an object" : "a value";
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return Array.isArray(value) ? `an array of ${value.length}` : "an object";
}
