import type { Latency } from "./latency.ts";

/** How fast the providers of each stage are, and where that was read. A time of 0 is no time at all. */
export interface Profile {
  readonly name: string;
  readonly about: string;
  readonly stt: {
    /** From the end of a word to the interim hypothesis that has it. */
    readonly interimMs: Latency;
    /** From the end of an utterance's speech to its final hypothesis. */
    readonly finalMs: Latency;
    readonly openMs: Latency;
    /** As in the traits of a recognizer: how long a word of an interim hypothesis has to stay the same. */
    readonly stableAfterMs: number;
    /** Who was measured by whom, or what is assumed. */
    readonly sources: readonly string[];
  };
  readonly mt: {
    /** From the request to the first token. */
    readonly firstTokenMs: Latency;
    /** `Infinity` for a translator that answers at once. */
    readonly tokensPerSecond: number;
    readonly openMs: Latency;
    readonly sources: readonly string[];
  };
  readonly tts: {
    /** From the first text to the first audio. */
    readonly firstAudioMs: Latency;
    /** Seconds that a second of audio takes after the first piece. */
    readonly realTimeFactor: number;
    readonly openMs: Latency;
    readonly sources: readonly string[];
  };
}
