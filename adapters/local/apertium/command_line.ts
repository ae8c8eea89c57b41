/** Programs that read and write Apertium's stream format and take `-z`; a mode file that asks for others is not used. */
const program = /^(?:(?:lt|lrx|lsx|cg|rtx|hfst)-proc|apertium-[a-z]+)$/;

/**
 * Reads the command line of a mode file, a pipeline such as `lt-proc 'a b.bin' | apertium-tagger -g $2 c.prob`, into the words of each of
 * its commands. Knows words, single quotes and pipes; `$1` and `$2` are the two places where Apertium lets its caller put options:
 * `$1` becomes `-n`, which leaves unknown words unmarked, and `$2` nothing.
 *
 * @throws {SyntaxError} when there is anything else in it, or a program that is not one of Apertium's.
 */
export function parsePipeline(line: string): string[][] {
  const commands: string[][] = [[]];
  const token = /\s+|(\|)|((?:'[^']*'|[^\s'|"`\\<>&;()*?#~])+)/gy;
  while (token.lastIndex < line.length) {
    const at = token.lastIndex;
    const match = token.exec(line);
    if (!match) throw new SyntaxError(`Cannot read the mode: unexpected "${line[at]}" at ${at}`);
    if (match[1]) commands.push([]);
    else if (match[2]) commands.at(-1)!.push(...word(match[2]));
  }
  for (const [name] of commands) {
    if (name === undefined || !program.test(name)) {
      throw new SyntaxError(`Cannot read the mode: "${name ?? ""}" is not a program of Apertium`);
    }
  }
  return commands;
}

function word(text: string): string[] {
  if (text === "$1") return ["-n"];
  if (text === "$2") return [];
  if (/^[^']*\$/.test(text.replaceAll(/'[^']*'/g, ""))) {
    throw new SyntaxError(`Cannot read the mode: ${text} is not $1 or $2`);
  }
  return [text.replaceAll("'", "")];
}

/** The same pipeline with every program told to answer at each NUL (`-z`) rather than at the end of its input. */
export function nullFlushing(commands: readonly (readonly string[])[]): string[][] {
  return commands.map(([name, ...words]) => [name!, "-z", ...words]);
}
