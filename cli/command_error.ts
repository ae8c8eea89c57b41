/** Why a command of ours ends early, told to the person who called it: what went wrong, and what to do about it. */
export class CommandError extends Error {
  /** What can be done, a line each. */
  readonly hints: readonly string[];
  /** 1 when the work failed, 2 when the command line is wrong. */
  readonly exitCode: 1 | 2;

  constructor(message: string, hints: readonly string[] = [], exitCode: 1 | 2 = 1) {
    super(message);
    this.name = "CommandError";
    this.hints = hints;
    this.exitCode = exitCode;
  }
}

/** The command line is wrong: exit code 2. */
export function usageError(message: string, command: string): CommandError {
  return new CommandError(message, [`deno task ${command} --help shows how it is used`], 2);
}
