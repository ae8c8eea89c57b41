import type { Caption } from "../protocol/server_message.ts";

/** So many captions are remembered: more than can be told again. */
const limit = 256;

/**
 * Another instance tells again what the lost one had told of the clause that was growing, and of translations that were not spoken to their end. Lets
 * through what is new in it, as if there had been one instance: each caption has a higher revision than the one before, and adds to it.
 */
export class Retelling {
  readonly #captions = new Map<string, Caption>();
  /** The captions that another instance told. */
  #old: ReadonlySet<Caption> = new Set();

  /** From here on another instance tells. */
  begin(): void {
    this.#old = new Set(this.#captions.values());
  }

  /** The caption as it is to be told; `undefined` when it tells nothing new. */
  caption(caption: Caption): Caption | undefined {
    const key = `${caption.lane}/${caption.segment}`;
    const before = this.#captions.get(key);
    if (before && this.#old.has(before) && !adds(before, caption)) return undefined;
    const told = { ...caption, revision: Math.max(caption.revision, (before?.revision ?? 0) + 1) };
    this.#captions.set(key, told);
    if (this.#captions.size > limit) this.#captions.delete(this.#captions.keys().next().value!);
    return told;
  }
}

/** Whether a caption goes beyond what was told before: nothing does beyond a final one. What contradicts another has to be final. */
function adds(before: Caption, { stable, tentative, final }: Caption): boolean {
  if (before.final || final) return !before.final;
  const text = stable + tentative;
  return stable.startsWith(before.stable) &&
    !(before.stable + before.tentative).startsWith(text);
}
