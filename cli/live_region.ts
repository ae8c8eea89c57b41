import { clip, type Line, lineWidth, paint } from "./line.ts";
import type { Terminal } from "./terminal.ts";

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const eraseBelow = "\x1b[J";

/**
 * The last lines of a terminal, replaced in place, below lines that stay. What does not fit above the bottom is left out from the top, as lines that
 * have scrolled away cannot be replaced.
 */
export class LiveRegion implements Disposable {
  readonly #terminal: Terminal;
  #shown: readonly Line[] = [];
  #hidden = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Writes lines that stay, and below them those that will be replaced. */
  show(staying: readonly Line[], replaced: readonly Line[]): void {
    const { columns, rows } = this.#terminal.size();
    const { color } = this.#terminal;
    const fitting = replaced.slice(-Math.max(1, rows - 1)).map((line) => clip(line, columns - 1));
    const text = [...staying, ...fitting].map((line) => `${paint(line, color)}\n`).join("");
    this.#terminal.write((this.#hidden ? "" : hideCursor) + this.#erase(columns) + text);
    this.#hidden = true;
    this.#shown = fitting;
  }

  /** Leaves what is shown where it is, and gives the cursor back; calling it again does nothing. */
  [Symbol.dispose](): void {
    if (this.#hidden) this.#terminal.write(showCursor);
    this.#hidden = false;
    this.#shown = [];
  }

  /** Goes up to the first line to be replaced. A terminal that was made narrower has broken the lines in two. */
  #erase(columns: number): string {
    const rows = this.#shown.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)),
      0,
    );
    return rows > 0 ? `\x1b[${rows}A\r${eraseBelow}` : "";
  }
}
