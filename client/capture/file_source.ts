/// <reference lib="dom" />
import type { Clock } from "../../flow/clock.ts";
import type { Original, Speaker } from "../playback/speaker.ts";
import type { Source, SourceTarget } from "../source.ts";
import { LevelMeter } from "./level_meter.ts";
import { toInt16 } from "./pcm.ts";
import { mixedSamples } from "./sound_file.ts";

const pieceMs = 60;
const levelMs = 100;

/** A sound file as a source: with a speaker it is sent as it is played, otherwise as fast as the service takes it. */
export class FileSource implements Source {
  readonly #buffer: AudioBuffer;
  readonly #speaker: Speaker | undefined;
  readonly #clock: Clock;
  readonly #meter: LevelMeter;
  #original: Original | undefined;
  #paused = false;
  #sent = 0;

  constructor(buffer: AudioBuffer, speaker: Speaker | undefined, clock: Clock) {
    this.#buffer = buffer;
    this.#speaker = speaker;
    this.#clock = clock;
    this.#meter = new LevelMeter(buffer.sampleRate * levelMs / 1000);
  }

  async run(target: SourceTarget, signal: AbortSignal): Promise<void> {
    const { length, sampleRate } = this.#buffer;
    this.#play();
    try {
      while (this.#sent < length) {
        if (this.#speaker) await this.#clock.sleep(pieceMs / 2, signal);
        else if (this.#paused) await this.#clock.sleep(pieceMs, signal);
        const piece = sampleRate * pieceMs / 1000;
        const heard = this.#original ? Math.floor(this.#original.seconds * sampleRate) : this.#sent;
        const reached = this.#speaker ? heard : this.#paused ? this.#sent : this.#sent + piece;
        while (this.#sent < Math.min(reached, length)) {
          const to = Math.min(this.#sent + piece, reached, length);
          await this.#send(to, target, signal);
        }
      }
    } finally {
      this.close();
    }
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.close();
    else this.#play();
  }

  close(): void {
    this.#original?.stop();
    this.#original = undefined;
  }

  #play(): void {
    if (this.#paused || !this.#speaker || this.#sent >= this.#buffer.length) return;
    this.#original = this.#speaker.playOriginal(this.#buffer, this.#sent / this.#buffer.sampleRate);
  }

  async #send(to: number, target: SourceTarget, signal: AbortSignal): Promise<void> {
    const mixed = mixedSamples(this.#buffer, this.#sent, to);
    this.#sent = to;
    const level = this.#meter.push(mixed);
    if (level && this.#speaker) target.hint({ type: "level", ...level });
    const samples = new Int16Array(mixed.length);
    toInt16(mixed, samples, 0);
    await target.send(samples, signal);
  }
}
