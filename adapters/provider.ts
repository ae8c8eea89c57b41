import type * as v from "valibot";

/** An engine together with what it keeps between sessions (processes, connections); disposing ends all of it. */
export type Owned<Port> = Port & AsyncDisposable;

/**
 * One implementation of a port, and the settings it takes from the environment. `settings` maps the name of an environment variable to a
 * schema that takes its text, or `undefined` where it is not set; `config.ts` reads the environment, reports every problem at once and
 * hands the parsed values to `create`. A description of each setting goes into the schema with `v.description`.
 */
export interface Provider<Port, Entries extends v.ObjectEntries = v.ObjectEntries> {
  /** What it is called in the configuration: `PARLEY_STT=pocketsphinx`. */
  readonly name: string;
  readonly settings: Entries;
  /** Makes the engine; reaches for nothing outside before `open` is called, other than to warm up in the background. */
  create(settings: v.InferOutput<v.ObjectSchema<Entries, undefined>>): Owned<Port>;
}
