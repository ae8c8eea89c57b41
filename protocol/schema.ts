import * as v from "valibot";
import { ProtocolError } from "./error.ts";
import { describe } from "./json.ts";
import * as kinds from "./kind.ts";

/** A field whose value passes `test`; `expected` completes "expected …" in the error message. */
export function field<T>(test: (value: unknown) => boolean, expected: string): v.CustomSchema<T, string> {
  return v.custom<T, string>(test, expected);
}

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): v.CustomSchema<number, string> {
  return fieldOf(kinds.integer(min, max));
}

/** A number modulo 2³²: sequence numbers, positions, segments, ids. */
export const uint32: v.CustomSchema<number, string> = fieldOf(kinds.uint32);

/** A finite number. */
export const finite: v.CustomSchema<number, string> = fieldOf(kinds.finite);

/** A truth value. */
export const boolean: v.CustomSchema<boolean, string> = fieldOf(kinds.boolean);

/** A string of `min` to `max` UTF-16 units. */
export function string(min: number, max: number): v.CustomSchema<string, string> {
  return fieldOf(kinds.string(min, max));
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

function fieldOf<T>({ test, expected }: kinds.Kind<T>): v.CustomSchema<T, string> {
  return field<T>(test, expected);
}
