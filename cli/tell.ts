import type { CommandError } from "./command_error.ts";
import { type Line, paint, printable, wrap } from "./line.ts";
import type { Terminal } from "./terminal.ts";

/** Writes lines one below the other; what is too long for a terminal goes on in the next line. */
export function tell(terminal: Terminal, lines: readonly Line[]): void {
  const width = terminal.live ? terminal.size().columns - 1 : Infinity;
  const text = lines.flatMap((line) => wrap(line, width)).map((line) => `${paint(line, terminal.color)}\n`);
  terminal.write(text.join(""));
}

/** Says why a command ends, and what to do about it. */
export function tellError(terminal: Terminal, { message, hints }: CommandError): void {
  tell(terminal, [
    [{ text: printable(message), style: "bad" }],
    ...hints.map((hint): Line => [{ text: `  ${printable(hint)}` }]),
  ]);
}
