import { DelayTarget } from "./delay_target.ts";
import { Run } from "./run.ts";

/** How long the end of one run and the beginning of the next sound together, in ms. */
const FADE_MS = 5;
/** How much silence is left of a segment's end when another waits, in ms. */
const PAUSE_MS = 150;
/** More segments than this never wait, even empty ones. */
const MOST_RUNS = 256;

/** A piece of a lane's speech, as it arrives. */
export interface SpeechPiece {
  readonly segment: number;
  /** The first sample's place on the lane's clock, modulo 2³². */
  readonly position: number;
  readonly samples: Int16Array;
  /** Whether a segment begins or ends with this piece. */
  readonly start: boolean;
  readonly end: boolean;
}

/** What was heard last. */
export interface Heard {
  readonly segment: number;
  /** One past the last sample that was heard, on the lane's clock. */
  readonly position: number;
}

/**
 * Turns pieces of speech that arrive unevenly into sound without a gap: speech starts once enough of it waits, as much as the network was
 * seen to need. Segments that wait are joined with a short cross-fade, and the silence between them is cut to 150 ms, so that a listener
 * catches up where nobody hears it. It has no clock of its own.
 */
export class JitterBuffer {
  readonly #rate: number;
  readonly #limit: number;
  readonly #fade: number;
  readonly #pause: number;
  readonly #target = new DelayTarget();
  #runs: Run[] = [];
  #playing = false;
  /** Sound that fades out beneath what comes next, and how much of it was given. */
  #tail: Float32Array = new Float32Array(0);
  #tailAt = 0;
  /** How many samples are still to be faded in. */
  #fadeIn = 0;
  #last = 0;
  #gaps = 0;
  #heard: Heard | undefined;
  #done: number[] = [];

  /**
   * @param rate samples a second of the lane.
   * @param limitMs how much speech may wait; 60 s by default.
   */
  constructor(rate: number, limitMs = 60_000) {
    this.#rate = rate;
    this.#limit = limitMs * rate / 1000;
    this.#fade = Math.round(FADE_MS * rate / 1000);
    this.#pause = Math.round(PAUSE_MS * rate / 1000);
  }

  /** How often speech ran dry within a segment. */
  get gaps(): number {
    return this.#gaps;
  }

  /** How much speech has to wait before it is played, in ms. */
  get targetMs(): number {
    return this.#target.ms;
  }

  /** How much speech waits, in ms. */
  get waitingMs(): number {
    return this.#waiting() * 1000 / this.#rate;
  }

  /** Whether speech is being played. */
  get playing(): boolean {
    return this.#playing;
  }

  /** What was heard last; `undefined` before the first sample. */
  get heard(): Heard | undefined {
    return this.#heard;
  }

  /** The segments that were heard to their end since this was asked last. */
  takeDone(): readonly number[] {
    return this.#done.length === 0 ? none : this.#done.splice(0);
  }

  /** Takes a piece that came at `nowMs`; returns the segments that there was no room for, oldest first. */
  push(piece: SpeechPiece, nowMs: number): readonly number[] {
    const { segment, samples } = piece;
    const dropped = this.#makeRoom(samples.length, this.#continues(piece));
    if (this.#waiting() + samples.length > this.#limit) return [...dropped, segment];
    const run = this.#runFor(piece, nowMs);
    if (run.waiting === 0) run.firstAtMs = nowMs;
    this.#target.arrived(nowMs, run.length * 1000 / this.#rate, samples.length * 1000 / this.#rate);
    run.push(samples);
    if (piece.end) run.complete = run.last = true;
    return dropped;
  }

  /** Nothing more comes for now: what waits is played without waiting for more. */
  complete(): void {
    const run = this.#runs.at(-1);
    if (run) run.complete = true;
  }

  /** Drops what waits, and fades out what is being said; returns the segments that were dropped. */
  clear(): readonly number[] {
    if (this.#playing) this.#leave(this.#runs[0]!, this.#runs[0]!.waiting);
    this.#playing = false;
    return this.#runs.splice(0).map((run) => run.segment);
  }

  /** Fills `output` with what is to be heard from `nowMs` on. */
  pull(output: Float32Array, nowMs: number): void {
    for (let index = 0; index < output.length; index++) {
      if (this.#playing ? this.#runDry() : index === 0) this.#next(nowMs);
      let sample = 0;
      if (this.#playing) {
        sample = this.#runs[0]!.take();
        if (this.#fadeIn > 0) sample *= 1 - this.#fadeIn-- / this.#fade;
      }
      if (this.#tailAt < this.#tail.length) sample += this.#tail[this.#tailAt++]!;
      output[index] = this.#last = sample;
    }
    const run = this.#runs[0];
    if (this.#playing && run) this.#heard = { segment: run.segment, position: run.position };
  }

  #waiting(): number {
    let samples = 0;
    for (const run of this.#runs) samples += run.waiting;
    return samples;
  }

  /** Whether a piece belongs to the run before; otherwise a segment begins, or the positions jump. */
  #continues({ segment, position, start }: SpeechPiece): boolean {
    const run = this.#runs.at(-1);
    return run !== undefined && !run.complete && !start && run.segment === segment && run.end === position;
  }

  #runFor(piece: SpeechPiece, nowMs: number): Run {
    const last = this.#runs.at(-1);
    if (last && this.#continues(piece)) return last;
    this.complete();
    const run = new Run(piece.segment, piece.position, nowMs);
    this.#runs.push(run);
    this.#target.begin();
    return run;
  }

  /** Whether the run that is being played has come to its end, or to where it meets the next one. */
  #runDry(): boolean {
    const run = this.#runs[0]!;
    const next = this.#runs[1];
    if (!run.complete || !next) return run.waiting === 0;
    if (run.waiting === 0) return true;
    return next.waiting >= this.#fade && run.waitingUntilSilence(this.#pause) <= this.#fade;
  }

  /** Ends the run that is being played, if any, and begins the next one when it may. */
  #next(nowMs: number): void {
    if (this.#playing) {
      const run = this.#runs[0]!;
      if (!run.complete) {
        this.#gaps += 1;
        this.#leave(run, 0);
        this.#playing = false;
        return;
      }
      const joins = this.#runs[1] !== undefined && this.#ready(this.#runs[1], nowMs);
      if (!joins && run.waiting > 0) return;
      this.#leave(run, run.waiting);
      this.#heard = { segment: run.segment, position: run.end };
      if (run.last) this.#done.push(run.segment);
      this.#runs.shift();
      this.#playing = false;
    }
    const next = this.#runs[0];
    if (!next || !this.#ready(next, nowMs)) return;
    if (next.waiting === 0) {
      // An end without sound: the segment's last piece was empty, and all before it has been played.
      if (next.last) this.#done.push(next.segment);
      this.#runs.shift();
      return;
    }
    this.#playing = true;
    this.#fadeIn = this.#fade;
  }

  #ready(run: Run, nowMs: number): boolean {
    if (run.complete) return true;
    const targetMs = this.#target.ms;
    return run.waiting > 0 &&
      (run.waiting * 1000 >= targetMs * this.#rate || nowMs - run.firstAtMs >= targetMs);
  }

  /** Lets what is being said fade out: its last samples where there are some, otherwise down from the last one. */
  #leave(run: Run, waiting: number): void {
    this.#tail = new Float32Array(this.#fade);
    this.#tailAt = 0;
    let sample = this.#last;
    for (let index = 0; index < this.#fade; index++) {
      if (index < waiting) sample = run.take();
      this.#tail[index] = sample * (1 - index / this.#fade);
    }
  }

  /** Drops the oldest runs, until there is room for so many samples; never the one that is being played, nor the one that they continue. */
  #makeRoom(samples: number, continued: boolean): readonly number[] {
    const first = this.#playing ? 1 : 0;
    const kept = first + (continued ? 1 : 0);
    const dropped: number[] = [];
    while (
      this.#runs.length > kept && (this.#waiting() + samples > this.#limit || this.#runs.length > MOST_RUNS)
    ) dropped.push(this.#runs.splice(first, 1)[0]!.segment);
    return dropped;
  }
}

const none: readonly number[] = [];
