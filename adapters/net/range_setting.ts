import * as v from "valibot";

/** A number between two others, both included, such as a threshold; with up to three decimal places. */
export function rangeSetting(
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
  description: string,
) {
  const expected = `expected a number from ${min} to ${max}`;
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.trim(),
    v.regex(/^-?\d{1,6}(\.\d{1,3})?$/, expected),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
    v.description(description),
  );
}
