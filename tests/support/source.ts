import type { Input } from "../../pipeline/ports.ts";
import { settle } from "./fake_clock.ts";

/** Options of {@linkcode silentSource}. */
export interface SourceOptions {
  readonly rate?: number;
  readonly messageMs?: number;
  readonly fromMs?: number;
  /** Is told the source time before each frame. */
  readonly onFrame?: (ms: number) => void | Promise<void>;
}

/** Frames of silence for recognizers that hear a script, so long in media time; everything that follows from one settles before the next. */
export async function* silentSource(
  lengthMs: number,
  options: SourceOptions = {},
): AsyncGenerator<Input, void> {
  const { rate = 16_000, messageMs = 100, fromMs = 0, onFrame } = options;
  for (let ms = fromMs; ms < fromMs + lengthMs; ms += messageMs) {
    await settle();
    await onFrame?.(ms);
    yield {
      type: "frame",
      rate,
      position: ms * rate / 1000,
      samples: new Int16Array(messageMs * rate / 1000),
    };
  }
  await settle();
}
