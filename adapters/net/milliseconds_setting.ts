import * as v from "valibot";

/** A duration in whole ms. */
export function millisecondsSetting(
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
  description: string,
) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.trim(),
    v.regex(/^\d{1,6}$/, expected),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
    v.description(description),
  );
}
