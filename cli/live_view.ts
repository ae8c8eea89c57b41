import { type CaptionStyle, clauseLines } from "./captions_view.ts";
import { clockTime } from "./duration.ts";
import type { Line } from "./line.ts";
import { LiveRegion } from "./live_region.ts";
import type { TalkProgress, TalkView } from "./talk_view.ts";
import type { Terminal } from "./terminal.ts";
import type { Clause } from "./transcript.ts";

/** Shows a talk on a terminal: complete clauses scroll away upwards, those that grow are replaced in place. */
export class LiveView implements TalkView {
  readonly #terminal: Terminal;
  readonly #region: LiveRegion;
  readonly #style: Pick<CaptionStyle, "source" | "bars">;

  constructor(terminal: Terminal, style: Pick<CaptionStyle, "source" | "bars">) {
    this.#terminal = terminal;
    this.#region = new LiveRegion(terminal);
    this.#style = style;
  }

  update(progress: TalkProgress): void {
    this.#show([], progress);
  }

  complete(clause: Clause, progress: TalkProgress): void {
    this.#show(clauseLines(clause, this.#captionStyle()), progress);
  }

  note(line: Line, progress: TalkProgress): void {
    this.#show([line], progress);
  }

  [Symbol.dispose](): void {
    this.#region.show([], []);
    this.#region[Symbol.dispose]();
  }

  #show(staying: readonly Line[], progress: TalkProgress): void {
    const style = this.#captionStyle();
    const growing = progress.growing.flatMap((clause) => clauseLines(clause, style));
    this.#region.show(staying, [...growing, [], statusLine(progress)]);
  }

  #captionStyle(): CaptionStyle {
    const { color } = this.#terminal;
    return { ...this.#style, color, width: this.#terminal.size().columns - 1 };
  }
}

/** One line that says how far the talk is. */
export function statusLine({ spokenMs, totalMs, state }: TalkProgress): Line {
  const time = `${clockTime(spokenMs)}${totalMs === undefined ? "" : ` of ${clockTime(totalMs)}`}`;
  switch (state) {
    case "speaking":
      return [{ text: "  " }, { text: "●", style: "good" }, { text: ` ${time}`, style: "faint" }];
    case "finishing":
      return [{ text: "  " }, { text: "○", style: "good" }, {
        text: ` ${time}, the rest is being translated`,
        style: "faint",
      }];
    case "cut":
      return [{ text: "  " }, { text: "● the connection was cut, coming back", style: "bad" }, {
        text: `  ${time}`,
        style: "faint",
      }];
  }
}
