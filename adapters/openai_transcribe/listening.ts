import { abortable } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { Condition } from "../../flow/condition.ts";
import { Crew } from "../../flow/crew.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { Queue } from "../../flow/queue.ts";
import { durationMs, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Input, Word } from "../../pipeline/ports.ts";
import {
  type SpeechCut,
  SpeechCutter,
  type SpeechCutterOptions,
  type SpeechDetector,
} from "../net/speech_cutter.ts";
import { growingWords, type Span } from "../net/transcript_words.ts";
import { UtteranceReport } from "../net/utterance_report.ts";
import type { Transcript } from "./answer.ts";
import { Interim } from "./interim.ts";
import { inOrder, placedWords } from "./placed_words.ts";
import { spokenLanguage } from "./spoken_language.ts";
import type { Transcriber } from "./transcriber.ts";
import { Transcription } from "./transcription.ts";

/** How utterances are heard. */
export interface ListeningOptions extends SpeechCutterOptions {
  /** What may be spoken. */
  readonly languages: readonly LanguageTag[];
  /** After how much more speech an utterance that goes on is transcribed again, in ms; 0 for never. */
  readonly interimMs: number;
  /** The least that the provider charges for a request, in ms of audio. */
  readonly leastBilledMs: number;
}

/** What a {@linkcode Listening} works with. */
export interface ListeningParts {
  readonly transcriber: Transcriber;
  readonly detector: SpeechDetector;
  readonly options: ListeningOptions;
  readonly clock: Clock;
}

/** How much of the source may have been heard without being final, in ms: others who take over have no more of it. */
const unsettledMs = 14_000;
/** How many utterances may be on their way, besides the one whose words are awaited. */
const lineLimit = 3;
/** In how large pieces the source is heard, in ms: as often as progress is due in speech. */
const pieceMs = 100;
/** How often it says that it still waits for words that a flush or the end of the source asks for, in ms. */
const beatMs = 500;

/** An utterance that has ended. */
interface Ended {
  readonly transcription: Transcription;
  /** Of its speech, and of its audio. */
  readonly said: Span;
  readonly audio: Span;
  /** What was heard of it before it ended. */
  readonly interim: readonly Word[];
}

/** Hears one source: one task cuts it, one for each utterance has it transcribed, and one tells the results in the order of the source. */
export class Listening {
  readonly #parts: ListeningParts;
  readonly #cutter: SpeechCutter;
  readonly #report: UtteranceReport;
  readonly #crew = new Crew();
  readonly #line = new Queue<Ended>({ limit: lineLimit });
  /** What belongs together goes in together, so that nothing comes between. */
  readonly #told = new Queue<readonly HearingEvent[]>({ limit: 64 });
  readonly #settled = new Condition();
  #interim = new Interim(0);

  constructor(parts: ListeningParts) {
    this.#parts = parts;
    this.#cutter = new SpeechCutter(parts.detector, parts.options);
    this.#report = new UtteranceReport(parts.options.rate);
  }

  /** What there is to report, as it is found out, until all is told; `run` says whether it went well. */
  events(signal: AbortSignal): AsyncIterable<readonly HearingEvent[]> {
    return this.#told.items(signal);
  }

  /** Hears until the input ends and everything is told; may be called once. Rejects as a hearing does. */
  async run(input: AsyncIterable<Input>, signal: AbortSignal): Promise<void> {
    this.#crew.join((signal) => this.#read(input, signal));
    this.#crew.join((signal) => this.#tellAll(signal));
    try {
      await this.#crew.run(signal);
    } finally {
      this.#told.close();
    }
  }

  async #read(input: AsyncIterable<Input>, signal: AbortSignal): Promise<void> {
    for await (const item of abortable(input, signal)) {
      if (item.type === "flush") {
        await this.#finish(signal);
        await this.#tell([{ type: "flushed", id: item.id }], signal);
      } else {
        for (const piece of this.#pieces(item)) await this.#hear(piece, signal);
      }
    }
    await this.#finish(signal);
    this.#line.close();
  }

  async #hear(piece: Pick<Frame, "position" | "samples">, signal: AbortSignal): Promise<void> {
    for (const cut of this.#cutter.hear(piece)) await this.#take(cut, signal);
    await this.#tell(this.#report.heard(this.#cutter.heardTo, this.#cutter.quietTo), signal);
    this.#transcribeAgain();
    const limit = unsettledMs * this.#parts.options.rate / 1000;
    while (this.#report.unsettled >= limit && this.#report.awaited > 0) await this.#settled.wait(signal);
  }

  /** Ends the utterance and waits until everything is told. */
  async #finish(signal: AbortSignal): Promise<void> {
    for (const cut of this.#cutter.finish()) await this.#take(cut, signal);
    await this.#tell(this.#report.heard(this.#cutter.heardTo, this.#cutter.quietTo), signal);
    while (this.#report.awaited > 0) {
      // Whoever asked hears that it is being worked on: it takes longer than with a recognizer that listens all the time.
      if (!await this.#settledWithin(beatMs, signal)) await this.#tell([this.#report.progress()], signal);
    }
  }

  /** Whether an utterance becomes final within so many ms. */
  async #settledWithin(ms: number, signal: AbortSignal): Promise<boolean> {
    using over = new LinkedAbort(signal);
    const settled = this.#settled.wait(over.signal).then(() => true);
    const late = this.#parts.clock.sleep(ms, over.signal).then(() => false);
    try {
      return await Promise.race([settled, late]);
    } finally {
      over.abort();
    }
  }

  async #take(cut: SpeechCut, signal: AbortSignal): Promise<void> {
    if (cut.type === "started") {
      this.#interim = new Interim(cut.position);
      return await this.#tell(this.#report.started(cut), signal);
    }
    const { position, audio: { from, samples } } = cut;
    const { rate } = this.#parts.options;
    const to = from + samples.length;
    const interim = this.#interim;
    interim.stop.abort();
    this.#report.ended({ position, to });
    const transcription = new Transcription();
    await this.#line.send({
      transcription,
      said: { startMs: durationMs(interim.position, rate), endMs: durationMs(position, rate) },
      audio: { startMs: durationMs(from, rate), endMs: durationMs(to, rate) },
      interim: interim.words,
    }, signal);
    this.#crew.join(async (signal) => {
      const transcript = await transcription.take(this.#parts.transcriber.transcribe(samples, signal));
      if (transcript) await this.#charge(samples.length, transcript, signal);
    });
  }

  /** Has the utterance that goes on transcribed as far as it is heard, when that is due and nothing more urgent is on its way. */
  #transcribeAgain(): void {
    const { interimMs, rate } = this.#parts.options;
    const { openSamples, heardTo } = this.#cutter;
    const interim = this.#interim;
    const isDue = interimMs > 0 && openSamples > 0 && !interim.isBusy && this.#report.awaited === 1 &&
      heardTo - interim.askedTo >= interimMs * rate / 1000;
    if (!isDue) return;
    this.#crew.join(async (signal) => {
      const { options: { languages }, transcriber } = this.#parts;
      const { from, samples } = this.#cutter.open!;
      const answer = transcriber.transcribeIfFree(samples, interim.stop.signal);
      if (!answer) return;
      interim.isBusy = true;
      interim.askedTo = heardTo;
      using _ = interim.endWith(signal);
      const transcript = await new Transcription().take(answer);
      signal.throwIfAborted();
      const { aborted } = interim.stop.signal;
      if (transcript || aborted) await this.#charge(samples.length, transcript, signal);
      // A failure is told when the whole utterance fails too; until then nothing is to be gained from another try.
      if (!transcript || interim.stop.signal.aborted) return;
      interim.isBusy = false;
      interim.words = placedWords(transcript, {
        said: { startMs: durationMs(interim.position, rate), endMs: durationMs(heardTo, rate) },
        audio: { startMs: durationMs(from, rate), endMs: durationMs(heardTo, rate) },
      });
      const language = spokenLanguage(transcript.language, languages);
      await this.#tell(this.#report.words({ words: interim.words, stable: 0, language }), signal);
    });
  }

  async #charge(
    samples: number,
    transcript: Transcript | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { rate, leastBilledMs } = this.#parts.options;
    const audioMs = Math.max(leastBilledMs, Math.round(durationMs(samples, rate)));
    const tokens = transcript?.tokens;
    await this.#tell([{ type: "usage", audioMs, ...tokens === undefined ? {} : { tokens } }], signal);
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    for await (const ended of this.#line.items(signal)) await this.#tellUtterance(ended, signal);
    this.#crew.close();
  }

  async #tellUtterance(ended: Ended, signal: AbortSignal): Promise<void> {
    const { languages } = this.#parts.options;
    for await (const state of ended.transcription.states(signal)) {
      if (state.type === "growing") {
        const words = growingWords(state.text, ended.said);
        // The last word may go on; what was heard before stands for what is still to come.
        const stable = Math.max(0, words.length - 1);
        const coming = ended.interim.slice(words.length);
        const language = spokenLanguage(undefined, languages);
        await this.#tell(
          this.#report.words({ words: inOrder([...words, ...coming]), stable, language }),
          signal,
        );
      } else {
        const language = spokenLanguage(state.language, languages);
        await this.#tell(this.#report.finished({ words: placedWords(state, ended), language }), signal);
        this.#settled.notify();
      }
    }
  }

  async #tell(events: readonly HearingEvent[], signal: AbortSignal): Promise<void> {
    if (events.length > 0) await this.#told.send(events, signal);
  }

  *#pieces(item: Exclude<Input, { readonly type: "flush" }>): Generator<Pick<Frame, "position" | "samples">> {
    const { rate } = this.#parts.options;
    if (item.type !== "frame" || item.rate !== rate) {
      const found = item.type === "frame" ? `a frame at ${item.rate} Hz` : "encoded audio";
      const message = `Cannot hear the audio: found ${found}, expected frames at ${rate} Hz`;
      throw new PipelineError("invalid_request", message);
    }
    const size = pieceMs * rate / 1000;
    const { position, samples } = item;
    for (let at = 0; at < samples.length; at += size) {
      yield { position: position + at, samples: samples.subarray(at, at + size) };
    }
  }
}
