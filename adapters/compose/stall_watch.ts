import type { Clock } from "../../flow/clock.ts";
import { Condition } from "../../flow/condition.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { HearingEvent, Input } from "../../pipeline/ports.ts";
import { deadlineOf, type DeadlineRule, type LatencyWindow } from "./latency_window.ts";

/** How much more than was reported may have been given to a recognizer before it owes a report, in ms of media time: more than the port allows. */
export const owedInSilenceMs = 2000;
const owedInSpeechMs = 300;

/** Options of a {@linkcode StallWatch}. */
export interface StallWatchOptions {
  readonly name: string;
  readonly clock: Clock;
  /** How long the recognizer usually takes to report on what it was given: noted here, too. */
  readonly reports: LatencyWindow;
  readonly rule: DeadlineRule;
  /** Samples a second of the source. */
  readonly rate: number;
}

/** Notices that a recognizer owes a report and does not give it: one on audio that it was given, the answer to a flush, its last words. */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #changed = new Condition();
  #givenTo = -Infinity;
  #heardTo: number | undefined;
  #flushes = 0;
  #inputEnded = false;
  #inSpeech = false;
  #reading = true;
  #owedSinceMs: number | undefined;

  constructor(options: StallWatchOptions) {
    this.#options = options;
  }

  /** The recognizer can have this. */
  given(item: Input): void {
    if (item.type === "flush") this.#flushes += 1;
    else {
      this.#heardTo ??= item.position;
      if (item.type === "frame") this.#givenTo = item.position + item.samples.length;
    }
    this.#look();
  }

  /** There is no more input. */
  ended(): void {
    this.#inputEnded = true;
    this.#look();
  }

  /** The recognizer has reported. Until `reading`, it is not its turn. */
  reported(event: HearingEvent): void {
    const { clock, reports } = this.#options;
    if (this.#owedSinceMs !== undefined) reports.add(clock.now() - this.#owedSinceMs);
    switch (event.type) {
      case "speech_started":
        this.#inSpeech = true;
        break;
      case "endpoint":
        this.#inSpeech = false;
        break;
      case "hypothesis":
        this.#inSpeech = !event.final;
        this.#heardTo = event.heardTo;
        break;
      case "progress":
        this.#heardTo = event.heardTo;
        break;
      case "flushed":
        this.#flushes -= 1;
        break;
    }
    this.#reading = false;
    this.#owedSinceMs = undefined;
  }

  /** The report was taken, the next one is waited for. */
  reading(): void {
    this.#reading = true;
    this.#look();
  }

  /**
   * Watches until the signal aborts.
   *
   * @throws {PipelineError} of kind `timeout` when a report is overdue, or `signal.reason`.
   */
  async run(signal: AbortSignal): Promise<never> {
    const { clock, name, reports, rule } = this.#options;
    while (true) {
      if (this.#owedSinceMs === undefined) {
        await this.#changed.wait(signal);
        continue;
      }
      const deadlineMs = deadlineOf(reports, rule);
      const leftMs = this.#owedSinceMs + deadlineMs - clock.now();
      if (leftMs <= 0) {
        reports.add(2 * deadlineMs);
        throw new PipelineError(
          "timeout",
          `Cannot use ${name}: it reported nothing within ${Math.round(deadlineMs)} ms`,
        );
      }
      await clock.sleep(leftMs, signal);
    }
  }

  #look(): void {
    if (!this.#reading || this.#owedSinceMs !== undefined || !this.#owes()) return;
    this.#owedSinceMs = this.#options.clock.now();
    this.#changed.notify();
  }

  #owes(): boolean {
    if (this.#inputEnded || this.#flushes > 0) return true;
    const owedMs = this.#inSpeech ? owedInSpeechMs : owedInSilenceMs;
    return (this.#givenTo - (this.#heardTo ?? this.#givenTo)) * 1000 / this.#options.rate >= owedMs;
  }
}
