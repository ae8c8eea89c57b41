import { PipelineError } from "../../../pipeline/error.ts";
import type { LanguageTag } from "../../../pipeline/language.ts";
import type { HearingEvent } from "../../../pipeline/ports.ts";
import { unlessAborted } from "../../../flow/abortable.ts";
import { ProgressMeter } from "../../progress_meter.ts";
import type { Chunk } from "./chunker.ts";
import { cutAt } from "./cut.ts";
import type { Answer, RequestKind } from "./exchange.ts";
import { KeptAudio } from "./kept_audio.ts";
import type { Lease } from "./pool.ts";
import { Utterances } from "./utterances.ts";

/** Samples in a millisecond. */
const msSamples = 16;
/** How much of what is final already another decoder hears first, to get used to the speaker. */
const warmUpSamples = 8000 * msSamples;
/** How much of a silence is heard again: the decoder finds the start of speech late. */
const silenceSamples = 500 * msSamples;
/** After so many decoders that got no further the session fails. */
const deathsLimit = 3;

/**
 * Hears with one decoder at a time, and with another one when it ends or hangs: what was not final yet is then heard again, so that no word
 * is lost or reported twice. It asks for one chunk at a time, so that audio never piles up before the decoder; it ends utterances that have
 * no end.
 */
export class SteadyDecoder {
  #lease: Lease;
  #utterances: Utterances;
  #progress = new ProgressMeter(1000 * msSamples);
  #kept = new KeptAudio();
  /** How far any decoder came, in source samples. */
  #reached = -Infinity;
  #deaths = 0;
  /** What the present decoder was given: how many samples, where in the source its count begins since the last gap, and up to where. */
  #given = 0;
  #offset: number | undefined;
  #to = 0;
  /** Whether there is speech at the end of what it was given. */
  #speech = false;

  constructor(options: { readonly lease: Lease; readonly language: LanguageTag }) {
    this.#lease = options.lease;
    this.#utterances = new Utterances(options.language);
  }

  /**
   * Hears a chunk and gives what there is to report.
   *
   * @throws {PipelineError} `unavailable` when decoder after decoder fails; `signal.reason` when the signal aborts.
   */
  async *hear(chunk: Chunk, signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    this.#kept.push(chunk);
    yield* this.#catchUp(signal);
    this.#utterances.settle(this.#to - silenceSamples);
    this.#kept.drop(this.#utterances.settledTo - warmUpSamples);
    const due = this.#progress.due(this.#utterances);
    if (due) yield due;
  }

  /** Ends the utterance, wherever it is; everything is final then. Rejects as `hear` does. */
  async *finish(signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    if (this.#reached === -Infinity) return;
    while (true) {
      yield* this.#catchUp(signal);
      const answer = await this.#ask("finish", undefined, signal);
      if (!answer) continue;
      return yield* this.#endUtterance(answer, signal);
    }
  }

  /** Gives the decoder whatever is kept and it has not heard. */
  async *#catchUp(signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    for (let chunk = this.#kept.next; chunk; chunk = this.#kept.next) {
      if (this.#mustFinishBefore(chunk)) {
        const answer = await this.#ask("finish", undefined, signal);
        if (!answer) continue;
        yield* this.#endUtterance(answer, signal);
      }
      const answer = await this.#ask("audio", chunk.samples, signal);
      if (!answer) continue;
      this.#offset ??= chunk.position - this.#given;
      this.#given += chunk.samples.length;
      this.#to = chunk.position + chunk.samples.length;
      this.#kept.advance();
      if (this.#to > this.#reached) {
        this.#reached = this.#to;
        this.#deaths = 0;
      }
      yield* this.#report(answer, chunk.position, signal);
      yield* this.#cutLongUtterance(signal);
    }
  }

  /** Utterances end at gaps, and where what is heard again only to warm up was final. */
  #mustFinishBefore(chunk: Chunk): boolean {
    if (this.#offset === undefined) return false;
    const { settledTo } = this.#utterances;
    const isGap = chunk.position !== this.#offset + this.#given;
    return isGap || this.#speech && this.#to <= settledTo && chunk.position >= settledTo;
  }

  async *#endUtterance(answer: Answer, signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    yield* this.#report(answer, this.#to, signal);
    this.#offset = undefined;
  }

  async *#report(answer: Answer, from: number, signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    const isWarmUp = this.#to <= this.#utterances.settledTo;
    if (isWarmUp) return;
    yield* this.#give(
      this.#utterances.take(answer, { offset: this.#offset ?? 0, from, to: this.#to }),
      signal,
    );
  }

  async *#cutLongUtterance(signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    const { startedAt, words } = this.#utterances;
    if (startedAt === undefined || this.#to < this.#reached) return;
    const cut = cutAt(words, startedAt / msSamples, this.#to / msSamples);
    if (!cut) return;
    const position = Math.min(this.#to, Math.round(cut.ms * msSamples));
    yield* this.#give(this.#utterances.cut(cut.count, position), signal);
    this.#kept.moveTo(position);
    // The decoder ends the utterance too; what it made of it is of no more interest.
    if (await this.#ask("finish", undefined, signal)) this.#offset = undefined;
  }

  async *#give(events: readonly HearingEvent[], signal: AbortSignal): AsyncGenerator<HearingEvent, void> {
    for (const event of events) {
      this.#progress.note(event);
      yield event;
      signal.throwIfAborted();
    }
  }

  /** The decoder's answer; `undefined` when it failed and another one begins to hear what is kept. */
  async #ask(
    kind: RequestKind,
    samples: Int16Array | undefined,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    try {
      const answer = await unlessAborted(this.#lease.decoder.ask(kind, samples), signal);
      this.#speech = answer.speech;
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      this.#deaths += 1;
      if (this.#deaths >= deathsLimit) {
        const message = `Cannot hear: ${deathsLimit} decoders in a row failed at the same audio`;
        throw new PipelineError("unavailable", message, { cause: error });
      }
      await this.#lease.replace(signal);
      this.#kept.restart();
      this.#given = 0;
      this.#offset = undefined;
      this.#speech = false;
      return undefined;
    }
  }
}
