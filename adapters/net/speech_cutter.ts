import type { Frame } from "../../pipeline/audio.ts";
import { RecentSamples } from "./recent_samples.ts";

/** Speech begins where so much of a window is speech, in ms: a click is none. */
const onsetWindowMs = 160;
const onsetMs = 100;
/** How much before its first and after its last sound belongs to an utterance, in ms: soft consonants lie there. */
const leadMs = 240;
const tailMs = 200;
/** A gap in the source up to this length is filled with silence; a longer one ends the utterance. */
const gapLimitMs = 500;
/** Where speech without a pause is cut: within so much of its end, in the middle of the quietest stretch of this length. */
const cutWithinMs = 3000;
const quietMs = 60;

/** Tells speech from other sound, so many samples at a time; see `VoiceActivity`. */
export interface SpeechDetector {
  readonly frameSamples: number;
  isSpeech(samples: Int16Array): boolean;
  reset(): void;
}

/** Options of a {@linkcode SpeechCutter}. */
export interface SpeechCutterOptions {
  /** Samples a second. */
  readonly rate: number;
  /** How long a silence ends an utterance, in ms. */
  readonly silenceMs: number;
  /** How long an utterance may be, in ms. */
  readonly longestMs: number;
}

/** What a {@linkcode SpeechCutter} finds. Positions count source samples. */
export type SpeechCut =
  /** An utterance has begun at `position`; its audio begins at `from`. */
  | { readonly type: "started"; readonly position: number; readonly from: number }
  /** It has ended at `position`. */
  | { readonly type: "ended"; readonly position: number; readonly audio: PlacedSamples };

/** Samples with the place of the first. */
export interface PlacedSamples {
  readonly from: number;
  readonly samples: Int16Array<ArrayBuffer>;
}

/**
 * Cuts a source into utterances, by what a detector takes for speech: synchronous, on media time. Speech without a pause is cut where it is
 * quietest. Holds as much audio as the longest utterance has.
 */
export class SpeechCutter {
  readonly #detector: SpeechDetector;
  readonly #frame: number;
  readonly #options: SpeechCutterOptions;
  readonly #recent: RecentSamples;
  /** What is left over from the last whole frame of the detector. */
  readonly #rest: Int16Array<ArrayBuffer>;
  #restCount = 0;
  #begun = false;
  /** Which of the latest frames are speech: of the utterance, in silence of the window in which speech may begin. */
  #flags: boolean[] = [];
  /** Where the audio of the utterance begins; `undefined` in silence. */
  #from: number | undefined;
  /** Where its last sound ends. */
  #soundTo = 0;
  /** What belongs to an utterance that has ended. */
  #doneTo = 0;

  constructor(detector: SpeechDetector, options: SpeechCutterOptions) {
    this.#detector = detector;
    this.#frame = detector.frameSamples;
    this.#options = options;
    this.#rest = new Int16Array(this.#frame);
    this.#recent = new RecentSamples(this.#samples(options.longestMs + leadMs + onsetWindowMs) + this.#frame);
  }

  /** How far it has listened. */
  get heardTo(): number {
    return this.#recent.to;
  }

  /** Before this there is no speech but what has ended. */
  get quietTo(): number {
    return this.#from ?? Math.max(this.#doneTo, this.heardTo - this.#samples(onsetWindowMs + leadMs));
  }

  /** The utterance so far; `undefined` in silence. */
  get open(): PlacedSamples | undefined {
    if (this.#from === undefined) return undefined;
    return { from: this.#from, samples: this.#recent.slice(this.#from, this.heardTo) };
  }

  /** How long the utterance is so far, in samples; 0 in silence. */
  get openSamples(): number {
    return this.#from === undefined ? 0 : this.heardTo - this.#from;
  }

  /** Listens to a piece of the source. */
  hear({ position, samples }: Pick<Frame, "position" | "samples">): SpeechCut[] {
    if (!this.#begun) this.#restart(position);
    const cuts: SpeechCut[] = [];
    const gap = position - this.#recent.to - this.#restCount;
    if (gap > this.#samples(gapLimitMs)) {
      cuts.push(...this.finish());
      this.#restart(position);
    } else if (gap > 0) {
      this.#take(new Int16Array(gap), cuts);
    }
    this.#take(samples.subarray(Math.max(0, -gap)), cuts);
    return cuts;
  }

  /** Ends the utterance, wherever it is. */
  finish(): SpeechCut[] {
    this.#recent.push(this.#rest.subarray(0, this.#restCount));
    this.#restCount = 0;
    this.#flags = [];
    const cuts: SpeechCut[] = [];
    // Whoever is told to come to an end may be in the middle of a word.
    if (this.#from !== undefined) this.#end(this.heardTo, cuts);
    this.#doneTo = this.heardTo;
    return cuts;
  }

  #restart(position: number): void {
    this.#begun = true;
    this.#recent.restart(position);
    this.#doneTo = position;
    this.#flags = [];
    this.#detector.reset();
  }

  #take(samples: Int16Array, cuts: SpeechCut[]): void {
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#frame - this.#restCount);
      this.#rest.set(samples.subarray(at, at + count), this.#restCount);
      this.#restCount += count;
      at += count;
      if (this.#restCount === this.#frame) this.#judge(cuts);
    }
  }

  #judge(cuts: SpeechCut[]): void {
    const isSpeech = this.#detector.isSpeech(this.#rest);
    // Rarely and much at a time: what is kept has to be moved.
    if (this.#recent.room < this.#frame) this.#recent.forget(this.quietTo);
    this.#recent.push(this.#rest);
    this.#restCount = 0;
    // A single frame is a click.
    const isSound = isSpeech && (this.#flags.at(-1) ?? false);
    this.#flags.push(isSpeech);
    if (this.#from === undefined) this.#listenForSpeech(cuts);
    else {
      if (isSound) this.#soundTo = this.heardTo;
      this.#listenForItsEnd(cuts);
    }
  }

  #listenForSpeech(cuts: SpeechCut[]): void {
    const window = this.#samples(onsetWindowMs) / this.#frame;
    if (this.#flags.length > window) this.#flags.splice(0, this.#flags.length - window);
    const speech = this.#flags.reduce((count, flag) => count + (flag ? 1 : 0), 0);
    if (speech * this.#frame < this.#samples(onsetMs)) return;
    const first = this.#flags.indexOf(true);
    const position = Math.max(this.#doneTo, this.#placeOf(first));
    this.#start(position, Math.max(this.#doneTo, this.#recent.from, position - this.#samples(leadMs)), cuts);
    this.#soundTo = this.heardTo;
  }

  #start(position: number, from: number, cuts: SpeechCut[]): void {
    this.#from = from;
    cuts.push({ type: "started", position, from });
  }

  #listenForItsEnd(cuts: SpeechCut[]): void {
    const { silenceMs, longestMs } = this.#options;
    if (this.heardTo - this.#soundTo >= this.#samples(silenceMs)) {
      this.#end(Math.min(this.heardTo, this.#soundTo + this.#samples(tailMs)), cuts);
      this.#flags = [];
    } else if (this.openSamples >= this.#samples(longestMs)) {
      this.#cut(cuts);
    }
  }

  #end(to: number, cuts: SpeechCut[]): void {
    const from = this.#from!;
    cuts.push({
      type: "ended",
      position: Math.min(this.#soundTo, to),
      audio: { from, samples: this.#recent.slice(from, to) },
    });
    this.#from = undefined;
    this.#doneTo = to;
  }

  /** Ends the utterance where it is quietest; what comes after begins the next, if it is speech. */
  #cut(cuts: SpeechCut[]): void {
    const place = this.#quietest();
    this.#end(place, cuts);
    const later = this.#flags.findIndex((flag, index) => flag && this.#placeOf(index) >= place);
    if (later >= 0) this.#start(Math.max(place, this.#placeOf(later)), place, cuts);
    this.#flags.splice(0, later < 0 ? this.#flags.length : later);
  }

  #quietest(): number {
    const size = this.#samples(quietMs);
    const step = this.#frame / 2;
    const first = Math.max(this.#from! + size, this.heardTo - this.#samples(cutWithinMs));
    const samples = this.#recent.slice(first, this.heardTo);
    let place = first;
    let least = Infinity;
    for (let at = 0; at + size <= samples.length; at += step) {
      let energy = 0;
      for (let index = at; index < at + size; index += 1) energy += samples[index]! ** 2;
      if (energy <= least) [least, place] = [energy, first + at + size / 2];
    }
    return place;
  }

  /** Where one of the frames in `#flags` begins. */
  #placeOf(index: number): number {
    return this.heardTo - (this.#flags.length - index) * this.#frame;
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#options.rate / 1000);
  }
}
