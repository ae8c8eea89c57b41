/** Where a command shows what it does. */
export interface Terminal {
  /** Whether lines can be replaced in place. */
  readonly live: boolean;
  /** Whether colours may be used. */
  readonly color: boolean;
  /** The size at this moment, in characters. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
}

/** Without a terminal, lines are made for this width. */
const plainColumns = 100;

/**
 * The terminal behind standard output or standard error. Nothing is replaced in place where it is a file, a pipe, a terminal that cannot, or on a
 * build machine (`CI`); `NO_COLOR` (https://no-color.org) leaves the colours out.
 */
export function terminalOf(
  stream: typeof Deno.stdout | typeof Deno.stderr,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const live = stream.isTerminal() && env["TERM"] !== "dumb" && !env["CI"];
  return {
    live,
    color: live && !env["NO_COLOR"],
    size() {
      if (!stream.isTerminal()) return { columns: plainColumns, rows: 24 };
      try {
        const { columns, rows } = Deno.consoleSize();
        return { columns: columns || plainColumns, rows: rows || 24 };
      } catch {
        // Standard input, which is asked for it, need not be a terminal.
        return { columns: plainColumns, rows: 24 };
      }
    },
    write(text) {
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length;) {
        written += stream.writeSync(bytes.subarray(written));
      }
    },
  };
}
