/** A kind of value in a message. */
export interface Kind<T> {
  /** Whether a value is of this kind. */
  test(value: unknown): value is T;
  /** Completes "expected …" in an error message. */
  readonly expected: string;
}

/** The kind of the values that pass `test`. */
export function kind<T>(test: (value: unknown) => boolean, expected: string): Kind<T> {
  return { test: (value): value is T => test(value), expected };
}

/** An integer from `min` to `max`. */
export function integer(min: number, max: number): Kind<number> {
  return kind(
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    `an integer from ${min} to ${max}`,
  );
}

/** A number modulo 2³²: sequence numbers, positions, segments, ids. */
export const uint32: Kind<number> = integer(0, 4_294_967_295);

/** A finite number. */
export const finite: Kind<number> = kind(Number.isFinite, "a finite number");

/** A truth value. */
export const boolean: Kind<boolean> = kind((value) => typeof value === "boolean", "true or false");

/** A string of `min` to `max` UTF-16 units. */
export function string(min: number, max: number): Kind<string> {
  return kind(
    (value) => typeof value === "string" && value.length >= min && value.length <= max,
    `a string of ${min} to ${max} characters`,
  );
}
