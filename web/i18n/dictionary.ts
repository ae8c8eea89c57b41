import { en } from "./en.ts";

/** Words with the shape of the English ones: texts, functions that make texts, and groups of both. */
type Words<T> = T extends string ? string
  : T extends (...values: infer Values) => string ? (...values: Values) => string
  : { readonly [Name in keyof T]: Words<T[Name]> };

/** Every word of the page in one language. */
export type Dictionary = Words<typeof en>;
