/** How long a letter lasts where nothing is known of a voice, in ms: about 180 words of English in a minute. */
const usualMs = 70;
/** How much less each text counts than the next one. */
const decay = 0.9;

/** How fast each voice of a session speaks, learnt from what it spoke to the end. */
export class SpeakingRates {
  readonly #voices = new Map<string, { letters: number; ms: number }>();

  /** Notes that a voice spoke so many letters in so many ms, at its natural speed. */
  learn(voice: string, letters: number, ms: number): void {
    if (letters <= 0) return;
    const known = this.#voices.get(voice) ?? { letters: 0, ms: 0 };
    this.#voices.set(voice, { letters: decay * known.letters + letters, ms: decay * known.ms + ms });
  }

  /** How long a letter lasts, in ms. */
  letterMs(voice: string): number {
    const known = this.#voices.get(voice);
    return known && known.ms > 0 ? known.ms / known.letters : usualMs;
  }
}
