import { usageError } from "./command_error.ts";
import { parseCommandLine, parseLanguages } from "./command_line.ts";
import { defaultUrl, streamUrl } from "./service_url.ts";

/** What `deno task translate` was asked to do. */
export interface TranslateArguments {
  readonly type: "translate";
  /** The file to read, or `-` for standard input. */
  readonly input: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly out: string | undefined;
  readonly captions: string | undefined;
  readonly url: URL;
  readonly key: string | undefined;
  readonly json: boolean;
  readonly fast: boolean;
  readonly compact: boolean;
  /** Whether the service may keep what comes of the recording, to use it again for others. */
  readonly retain: boolean;
}

/** The manual page of `deno task translate`. */
export const translateHelp = `Interprets a recording through a running service.

  deno task translate talk.wav --from en --to es --out out.wav

  talk.wav            any WAV file; - reads one from standard input
  --from LANGUAGE     what is spoken in it
  --to LANGUAGE       what it is translated into; several as --to es,ca or --to es --to ca
  --out FILE          writes the translated speech as WAV, at the times at which a listener beside the
                      speaker hears it; with several languages their names go into the file's: out.es.wav
  --compact           writes it without the silence in between
  --captions FILE     writes the translation as WebVTT, on the clock of the recording
  --no-retain         has the service keep nothing of it: no translation, no speech goes into a cache
  --fast              sends as fast as the service takes it; otherwise at the speed of speech
  --json              writes one JSON object to standard output when it is over; all else goes to standard error
  --url URL           where the service is; ${defaultUrl({})} by default, or the port of PARLEY_PORT
  --key KEY           the key that the service asks for; better in PARLEY_API_KEY, where others cannot see it
  --help              shows this

Ctrl-C ends in order: what was said so far is translated and written. A second one ends at once.
Ends with 0, with 1 when something failed, with 2 when the command line is wrong.`;

const options = {
  from: { type: "string" },
  to: { type: "string", multiple: true },
  out: { type: "string" },
  captions: { type: "string" },
  url: { type: "string" },
  key: { type: "string" },
  json: { type: "boolean", default: false },
  fast: { type: "boolean", default: false },
  compact: { type: "boolean", default: false },
  "no-retain": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const command = "translate";

/**
 * Reads the command line of `deno task translate`.
 *
 * @throws {CommandError} with exit code 2, naming what is wrong with it.
 */
export function parseTranslate(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): TranslateArguments | { readonly type: "help" } {
  const { values, positionals } = parseCommandLine(command, {
    args: [...args],
    options,
    allowPositionals: true,
    strict: true,
  });
  if (values.help) return { type: "help" };
  const [input, ...more] = positionals;
  if (input === undefined) throw usageError("No recording is given: expected a WAV file, or -", command);
  if (more.length > 0) {
    throw usageError(`Two recordings are given, ${input} and ${more[0]}: expected one`, command);
  }
  if (values.compact && values.out === undefined) {
    throw usageError("--compact is given without --out: expected a file to write", command);
  }
  const from = parseLanguages(values.from === undefined ? [] : [values.from], "--from", command);
  if (from.length > 1) throw usageError(`--from is ${values.from}: expected one language`, command);
  return {
    type: "translate",
    input,
    from: from[0]!,
    to: parseLanguages(values.to ?? [], "--to", command),
    out: values.out,
    captions: values.captions,
    url: streamUrl(values.url ?? defaultUrl(env), command),
    key: values.key ?? env["PARLEY_API_KEY"],
    json: values.json,
    fast: values.fast,
    compact: values.compact,
    retain: !values["no-retain"],
  };
}
