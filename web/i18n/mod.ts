import type { Preferences } from "../preferences.ts";
import type { Dictionary } from "./dictionary.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";

/** The dictionaries, by the language of the interface. */
export const dictionaries: Readonly<Record<Preferences["interface"], Dictionary>> = { en, es };

/** A text of a dictionary by its path, as the markup names it: `phase.live`; `undefined` when there is none. */
export function lookUp(words: Dictionary, path: string): string | undefined {
  let found: unknown = words;
  for (const name of path.split(".")) {
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[name];
  }
  return typeof found === "string" ? found : undefined;
}
