import { usageError } from "./command_error.ts";
import { parseCommandLine, parseLanguages } from "./command_line.ts";

/** The recordings that `deno task demo` can play. */
export type SampleName = "clear" | "human";

/** What `deno task demo` was asked to do. */
export interface DemoArguments {
  readonly type: "demo";
  readonly to: readonly string[];
  readonly sample: SampleName;
  readonly out: string;
  readonly once: boolean;
  readonly port: number;
  readonly key: string | undefined;
}

/** The manual page of `deno task demo`. */
export const demoHelp =
  `Shows what Parley does: starts the service, and interprets an English talk as it is spoken.

  deno task demo

  --once             ends after the talk; otherwise the service goes on until Ctrl-C
  --sample clear     a talk in a clear synthetic voice
  --sample human     readings by a volunteer of LibriVox, which are harder to understand
  --to LANGUAGE      what it is translated into, es by default; several as --to es,ca
  --out FILE         where the translated speech goes, out.wav by default
  --help             shows this

The service listens on the port of PARLEY_PORT, 8000 by default. One that is running there already is used, and left
running. With --once, ends with 0 when translated speech came, and with 1 when none did.`;

const options = {
  once: { type: "boolean", default: false },
  sample: { type: "string", default: "clear" },
  to: { type: "string", multiple: true },
  out: { type: "string", default: "out.wav" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const command = "demo";

/**
 * Reads the command line of `deno task demo`.
 *
 * @throws {CommandError} with exit code 2, naming what is wrong with it.
 */
export function parseDemo(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DemoArguments | { readonly type: "help" } {
  const { values } = parseCommandLine(command, {
    args: [...args],
    options,
    allowPositionals: false,
    strict: true,
  });
  if (values.help) return { type: "help" };
  const { sample } = values;
  if (sample !== "clear" && sample !== "human") {
    throw usageError(`--sample is ${sample}: expected clear or human`, command);
  }
  return {
    type: "demo",
    to: parseLanguages(values.to ?? ["es"], "--to", command),
    sample,
    out: values.out,
    once: values.once,
    port: parsePort(env["PARLEY_PORT"] ?? "8000"),
    key: env["PARLEY_API_KEY"] ?? env["PARLEY_API_KEYS"]?.split(",")[0]?.trim(),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw usageError(`PARLEY_PORT is ${text}: expected a port from 1 to 65535`, command);
}
