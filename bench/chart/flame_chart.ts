import type { Area, FlameFrame } from "../load/cpu_profile.ts";
import { bar, chartWidth, escapeXml, svgDocument, textAt, type Tone, wrap } from "./svg.ts";

const tones: Readonly<Record<Area, Tone>> = {
  "sockets of clients": "fifth",
  "sessions and protocol": "ours",
  "pipeline": "fourth",
  "resilience": "other",
  "providers": "third",
  "telemetry": "sixth",
  "platform": "quiet",
};
const rowHeight = 15;
const left = 16;
const deepest = 40;
/** Narrower calls are left out, in the units of the chart. */
const narrowest = 0.7;

/** What {@linkcode flameChart} draws. */
export interface FlameChart {
  readonly title: string;
  readonly notes: readonly string[];
  readonly root: FlameFrame;
  readonly areas: ReadonlyMap<Area, number>;
}

/** Draws a tree of calls as SVG, callers above what they call, each as wide as the time that it took. The pointer shows what a box is. */
export function flameChart({ title, notes, root, areas }: FlameChart): string {
  const body = [textAt(left, 34, "title", title)];
  let y = 54;
  const shares = [...areas].filter(([, ms]) => ms > 0).toSorted(([, one], [, other]) => other - one)
    .map(([area, ms]) => `${area} ${(100 * ms / root.ms).toFixed(0)} %`);
  for (const line of [...notes, `Whose code: ${shares.join(", ")}.`].flatMap((note) => wrap(note, 114))) {
    body.push(textAt(left, y, "note", line));
    y += 16;
  }
  const top = y + 4;
  let depth = 0;
  const draw = (frame: FlameFrame, x: number, level: number, scale: number) => {
    const width = frame.ms * scale;
    if (width < narrowest || level > deepest) return;
    depth = Math.max(depth, level);
    const about = `${frame.name} ${frame.where}: ${frame.ms.toFixed(0)} ms, ${
      (100 * frame.ms / root.ms).toFixed(1)
    } %`;
    body.push(
      bar(
        { x, y: top + level * rowHeight, width: width - 0.5, height: rowHeight - 1 },
        tones[frame.area],
        about,
        0.85,
      ),
    );
    const letters = Math.floor(width / 5.6);
    if (letters > 4) {
      const name = frame.name.length > letters ? `${frame.name.slice(0, letters - 1)}…` : frame.name;
      body.push(
        `<text x="${(x + 3).toFixed(1)}" y="${
          (top + level * rowHeight + 10.5).toFixed(1)
        }" font-size="9" fill="var(--ink)" pointer-events="none">${escapeXml(name)}</text>`,
      );
    }
    let at = x;
    for (const child of frame.children.toSorted((one, other) => other.ms - one.ms)) {
      draw(child, at, level + 1, scale);
      at += child.ms * scale;
    }
  };
  draw(root, left, 0, (chartWidth - 2 * left) / root.ms);
  return svgDocument(top + (depth + 1) * rowHeight + 16, `${title}. ${shares.join(", ")}`, body);
}
