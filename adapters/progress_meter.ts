import type { HearingEvent, Progress } from "../pipeline/ports.ts";

/** How often a recognizer says that it listens on when there is nothing new, in ms of media time. */
const speechEveryMs = 100;
const silenceEveryMs = 1000;

/** How far a recognizer has come. */
export interface Reach {
  /** Source samples, as in {@linkcode Progress}. */
  readonly heardTo: number;
  readonly settledTo: number;
  /** Whether an utterance is open. */
  readonly speaking: boolean;
}

/** Decides when a recognizer owes its listener a {@linkcode Progress}: after every piece of audio, note what was reported and ask for what is due. */
export class ProgressMeter {
  readonly #speechSamples: number;
  readonly #silenceSamples: number;
  #reportedTo: number | undefined;

  /** @param rate samples a second of the source. */
  constructor(rate: number) {
    this.#speechSamples = speechEveryMs * rate / 1000;
    this.#silenceSamples = silenceEveryMs * rate / 1000;
  }

  /** Takes note of an event that was reported. */
  note(event: HearingEvent): void {
    if (event.type === "hypothesis") this.#reportedTo = event.heardTo;
  }

  /** The progress to be reported now, if any is due. */
  due({ heardTo, settledTo, speaking }: Reach): Progress | undefined {
    this.#reportedTo ??= heardTo;
    if (heardTo - this.#reportedTo < (speaking ? this.#speechSamples : this.#silenceSamples)) {
      return undefined;
    }
    this.#reportedTo = heardTo;
    return { type: "progress", heardTo, settledTo };
  }
}
