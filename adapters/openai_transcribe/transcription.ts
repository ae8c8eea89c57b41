import { Condition } from "../../flow/condition.ts";
import type { TranscribeEvent, Transcript } from "./answer.ts";

/** How far the transcription of an utterance has come. */
export type TranscriptionState = { readonly type: "growing"; readonly text: string } | Transcript;

/** An answer that comes in while its reader may still be busy with an earlier one; it holds no more than its text. */
export class Transcription {
  readonly #changed = new Condition();
  #text = "";
  #transcript: Transcript | undefined;
  #failure: { readonly reason: unknown } | undefined;

  /** Takes the answer in; never rejects: its reader learns of a failure. */
  async take(answer: AsyncIterable<TranscribeEvent>): Promise<Transcript | undefined> {
    try {
      for await (const event of answer) {
        if (event.type === "append") this.#text += event.text;
        else this.#transcript = event;
        this.#changed.notify();
      }
    } catch (reason) {
      this.#failure = { reason };
      this.#changed.notify();
    }
    return this.#transcript;
  }

  /**
   * What there is to know, whenever there is more, up to the whole.
   *
   * @throws what the answer throws, or `signal.reason`.
   */
  async *states(signal: AbortSignal): AsyncGenerator<TranscriptionState, void> {
    let told = "";
    while (true) {
      signal.throwIfAborted();
      if (this.#failure) throw this.#failure.reason;
      if (this.#transcript) return yield this.#transcript;
      if (this.#text === told) await this.#changed.wait(signal);
      else yield { type: "growing", text: told = this.#text };
    }
  }
}
