import { type Audio, durationMs, samplesOf } from "../audio.ts";
import type { LanguageTag } from "../language.ts";
import type { OwnSpeech, OwnTranslation } from "../ports.ts";
import { type Mark, MarkReader } from "./mark_reader.ts";
import type { Segment } from "./segment.ts";
import type { Share } from "./share.ts";

/** What is softer than this is silence: -56 dBFS. */
const silentPeak = 50;
/** A burst of speech ends with so much silence in it, or when nothing has come for so long, in ms of media time ... */
const pauseMs = 600;
const quietMs = 800;
/** ... or so long where there is only text yet ... */
const speechlessMs = 3000;
/** ... and it is not longer, in ms of audio. */
const longestMs = 20_000;
/** How many segments may wait for a burst, and how long, in ms of media time. */
const waitingLimit = 2;
const patienceMs = 10_000;

/**
 * Makes segments of the speech of an engine that knows no turns: a burst of its speech, with the text that comes with it, is what one segment gets. A burst begins
 * with the first sound or text after a pause or after a sentence, and asks for a segment where none waits.
 */
export class OwnSpeechBursts {
  readonly #reader: MarkReader;
  readonly #waiting: { readonly segment: number; readonly endMs: number }[] = [];
  #current: number | undefined;
  #mark: Mark;
  #audioMs = 0;
  #silenceMs = 0;
  /** Whether something came since the recognizer last said how far it has listened, and how far that was the last time that something had. */
  #fresh = false;
  #lastMs = 0;
  #shares: Share[] = [];

  constructor(target: LanguageTag) {
    this.#reader = new MarkReader(target);
  }

  /** Whether this begins a burst for which there is no segment. */
  needsSegment(event: OwnTranslation | OwnSpeech): boolean {
    return this.#waiting.length === 0 && this.#begins(event);
  }

  /** A segment was cut: a burst may have it. */
  cut({ segment, endMs }: Segment): readonly Share[] {
    this.#waiting.push({ segment, endMs });
    if (this.#waiting.length > waitingLimit) this.#giveUp();
    return this.#told();
  }

  /** More speech, or more of its text. */
  take(event: OwnTranslation | OwnSpeech): readonly Share[] {
    if (this.#begins(event)) {
      this.#finish();
      this.#current = this.#waiting.shift()?.segment;
    }
    if (this.#current === undefined) return this.#told();
    if (event.type === "translation") this.#takeText(event, this.#current);
    else this.#takeAudio(event.audio, this.#current);
    return this.#told();
  }

  /** The recognizer has listened so far: what nothing came for is over. */
  heard(heardMs: number): readonly Share[] {
    if (this.#fresh) this.#lastMs = heardMs;
    this.#fresh = false;
    if (heardMs - this.#lastMs >= (this.#audioMs > 0 ? quietMs : speechlessMs)) this.#finish();
    while (this.#waiting.length > 0 && this.#waiting[0]!.endMs < heardMs - patienceMs) this.#giveUp();
    return this.#told();
  }

  /** Everything that was said is spoken. */
  end(): readonly Share[] {
    this.#finish();
    while (this.#waiting.length > 0) this.#giveUp();
    return this.#told();
  }

  #begins(event: OwnTranslation | OwnSpeech): boolean {
    const going = this.#current !== undefined && this.#audioMs < longestMs;
    if (event.type === "speech") return !going && !isSilent(event.audio);
    return event.append.trim() !== "" && (!going || (this.#mark === "sentence" && this.#audioMs > 0));
  }

  #takeText({ append, tentative }: OwnTranslation, segment: number): void {
    this.#mark = this.#reader.read(append).findLast(({ text }) => text.trim() !== "")?.mark;
    this.#fresh = true;
    this.#shares.push({ segment, append, tentative, over: false });
  }

  #takeAudio(audio: Audio, segment: number): void {
    const ms = durationMs(samplesOf(audio), audio.rate);
    this.#silenceMs = isSilent(audio) ? this.#silenceMs + ms : 0;
    if (this.#silenceMs === 0) this.#fresh = true;
    if (this.#silenceMs >= pauseMs && this.#audioMs > 0) return this.#finish();
    this.#audioMs += ms;
    this.#shares.push({ segment, append: "", tentative: "", audio, over: false });
  }

  #finish(): void {
    if (this.#current === undefined) return;
    this.#shares.push({ segment: this.#current, append: "", tentative: "", over: true });
    this.#current = undefined;
    this.#mark = undefined;
    this.#audioMs = 0;
    this.#silenceMs = 0;
  }

  #giveUp(): void {
    this.#shares.push({ segment: this.#waiting.shift()!.segment, append: "", tentative: "", over: true });
  }

  #told(): readonly Share[] {
    const shares = this.#shares;
    this.#shares = [];
    return shares;
  }
}

function isSilent(audio: Audio): boolean {
  return audio.type === "frame" &&
    audio.samples.every((sample) => sample < silentPeak && sample > -silentPeak);
}
