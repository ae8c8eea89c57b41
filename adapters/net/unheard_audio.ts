/** Audio whose words may still be told, for a provider that says nothing while nobody speaks. */
export class UnheardAudio {
  readonly #pieces: { readonly toMs: number; readonly sinceMs: number }[] = [];

  /** A piece that ends at `toMs` of the connection was sent at `nowMs` of the clock. */
  sent(toMs: number, nowMs: number): void {
    this.#pieces.push({ toMs, sinceMs: nowMs });
  }

  /** Up to where the words of what was sent `lagMs` ago or earlier would have been told; nothing where that was said before. */
  take(lagMs: number, nowMs: number): number | undefined {
    const first = this.#pieces.findIndex(({ sinceMs }) => nowMs - sinceMs < lagMs);
    return this.#pieces.splice(0, first < 0 ? this.#pieces.length : first).at(-1)?.toMs;
  }
}
