import { ProtocolError } from "./error.ts";
import { describe } from "./json.ts";
import type { Kind } from "./kind.ts";

/**
 * Reads a part of a message leniently: what it does not know is left out. `path` says where the part is, for the error message.
 *
 * @throws {ProtocolError} when it is not what it has to be.
 */
export type Reader<T> = (value: unknown, path: string) => T;

type Fields<T> = { readonly [K in keyof T]-?: Kind<T[K]> | Reader<T[K]> };

/** Reads an object with these fields, of which some may be absent. */
export function object<T>(fields: Fields<T>, optional: readonly (keyof T & string)[] = []): Reader<T> {
  const known = Object.entries(fields) as [keyof T & string, Kind<unknown> | Reader<unknown>][];
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw fault(path, value, "an object");
    }
    const given = value as Readonly<Record<string, unknown>>;
    const read: Record<string, unknown> = {};
    for (const [name, field] of known) {
      if (!Object.hasOwn(given, name) && optional.includes(name)) continue;
      read[name] = readField(field, given[name], `${path}.${name}`);
    }
    return read as T;
  };
}

/** Reads an array of such items. */
export function list<T>(item: Kind<T> | Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw fault(path, value, "an array");
    return value.map((entry, index) => readField(item, entry, `${path}.${index}`));
  };
}

function readField<T>(field: Kind<T> | Reader<T>, value: unknown, path: string): T {
  if (typeof field === "function") return field(value, path);
  if (field.test(value)) return value;
  throw fault(path, value, field.expected);
}

function fault(path: string, value: unknown, expected: string): ProtocolError {
  return new ProtocolError(`Cannot read a message: ${path} is ${describe(value)}, expected ${expected}`);
}
