import type { LanguageTag } from "../../pipeline/language.ts";
import type { OwnSpeech } from "../../pipeline/ports.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { PcmBytes } from "./pcm_bytes.ts";

/** What is softer than this is silence: -48 dBFS. */
const silentPeak = 128;

/** Whether there is anything in a piece of audio that is louder than `peak`: by default, anything to be heard. */
export function isAudible(samples: Int16Array, peak = silentPeak): boolean {
  return samples.some((sample) => sample > peak || sample < -peak);
}

/** The speech of one target, which comes in bytes of any number, as events of the port. */
export class TargetSpeech {
  readonly #target: LanguageTag;
  readonly #pcm = new PcmBytes();
  readonly #frames: FrameCutter;

  /** @param rate samples a second. */
  constructor(target: LanguageTag, rate: number) {
    this.#target = target;
    this.#frames = new FrameCutter(rate);
  }

  /** The events of the next bytes, and whether there is anything to be heard in them. */
  push(bytes: Uint8Array): { readonly events: readonly OwnSpeech[]; readonly audible: boolean } {
    const samples = this.#pcm.push(bytes);
    const events = [...this.#frames.cut(samples)].map((audio) => ({
      type: "speech" as const,
      target: this.#target,
      audio,
    }));
    return { events, audible: isAudible(samples) };
  }
}
