import { parseArgs, type ParseArgsConfig } from "node:util";
import { usageError } from "./command_error.ts";

/**
 * Parses a command line with the platform's own parser.
 *
 * @throws {CommandError} with exit code 2 when it has an unknown option, or one without its value.
 */
export function parseCommandLine<Config extends ParseArgsConfig>(
  command: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(error.message.replace(/\. To specify a positional argument .*/, ""), command);
  }
}

/**
 * The target languages of `--to es,ca --to fr`, each once.
 *
 * @throws {CommandError} with exit code 2 when there is none, or one that is no language tag.
 */
export function parseLanguages(
  values: readonly string[],
  option: string,
  command: string,
): readonly string[] {
  const tags = values.flatMap((value) => value.split(",")).map((tag) => tag.trim());
  if (tags.length === 0) {
    throw usageError(`${option} is missing: expected a language such as ${option} es`, command);
  }
  for (const tag of tags) {
    if (/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(tag)) continue;
    throw usageError(
      `${option} is ${JSON.stringify(tag)}: expected a language tag such as es or pt-BR`,
      command,
    );
  }
  return [...new Set(tags)];
}
