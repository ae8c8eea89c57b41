import type { Caption, Segment } from "../protocol/server_message.ts";

/** So many segments and captions are remembered: more than can be told again. */
const limit = 256;

/**
 * Another instance tells again what the lost one had told of segments that were not over. Lets through what is new in it, as if there had been one
 * instance: each caption has a higher revision than the one before, and adds to it; where the final texts differ, the new one counts.
 */
export class Retelling {
  readonly #segments = new Map<number, Segment>();
  readonly #captions = new Map<string, Caption>();
  /** The captions that another instance told. */
  #old: ReadonlySet<Caption> = new Set();

  /** From here on another instance tells. */
  begin(): void {
    this.#old = new Set(this.#captions.values());
  }

  /** The segment, unless it is known. */
  segment(segment: Segment): Segment | undefined {
    const before = this.#segments.get(segment.segment);
    const same = before?.start === segment.start && before.end === segment.end &&
      before.text === segment.text;
    if (same) return undefined;
    remember(this.#segments, segment.segment, segment);
    return segment;
  }

  /** The caption as it is to be told; `undefined` when it tells nothing new. */
  caption(caption: Caption): Caption | undefined {
    const key = `${caption.lane}/${caption.segment}`;
    const before = this.#captions.get(key);
    if (before && this.#old.has(before) && !adds(before, caption)) return undefined;
    const revision = before ? Math.max(caption.revision, before.revision + 1) : caption.revision;
    const told = { ...caption, revision };
    remember(this.#captions, key, told);
    return told;
  }
}

/** Whether a caption goes beyond what was told before. What contradicts it has to be final. */
function adds(before: Caption, { stable, tentative, final }: Caption): boolean {
  if (final) return !before.final || before.stable !== stable;
  const text = stable + tentative;
  return !before.final && stable.startsWith(before.stable) &&
    !(before.stable + before.tentative).startsWith(text);
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > limit) map.delete(map.keys().next().value!);
}
