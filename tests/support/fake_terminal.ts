import type { Terminal } from "../../cli/terminal.ts";

/** A terminal that understands the few sequences that we use, and shows what a person would see. */
export class FakeTerminal implements Terminal {
  readonly live = true;
  readonly color = false;
  columns = 40;
  rows = 10;
  cursorShown = true;
  #lines: string[] = [""];

  /** Everything that was written and not erased, scrolled away or not. */
  get shown(): readonly string[] {
    return this.#lines.slice(0, -1);
  }

  size() {
    return { columns: this.columns, rows: this.rows };
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex -- escape sequences begin with a control character
    for (const part of text.split(/(\x1b\[[^A-Za-z]*[A-Za-z]|\n|\r)/)) this.#take(part);
  }

  #take(part: string): void {
    if (part === "\n") this.#lines.push("");
    else if (part === "\x1b[?25l") this.cursorShown = false;
    else if (part === "\x1b[?25h") this.cursorShown = true;
    else if (part === "\x1b[J" || part === "\r" || part === "") return;
    else if (part.startsWith("\x1b[") && part.endsWith("A")) this.#erase(Number.parseInt(part.slice(2)));
    else if (part.startsWith("\x1b")) throw new Error(`Cannot show ${JSON.stringify(part)}`);
    else this.#lines[this.#lines.length - 1] += part;
  }

  /** Up so many rows, and away with everything below. */
  #erase(rows: number): void {
    if (rows >= this.rows) throw new Error("Cannot go up: what is there has scrolled away");
    this.#lines.pop();
    for (let left = rows; left > 0;) {
      left -= Math.max(1, Math.ceil(this.#lines.pop()!.length / this.columns));
    }
    this.#lines.push("");
  }
}
