import { Resampler } from "../resampler.ts";
import { type Channels, scope, type WorkletProcessor } from "../worklet_scope.ts";
import { JitterBuffer } from "./jitter_buffer.ts";
import { PLAYBACK_PROCESSOR, type PlaybackCommand, type PlaybackMessage } from "./playback_message.ts";

/** How often the page is told what is heard, in seconds. */
const reportEvery = 0.1;

/** Speaks one lane: takes pieces from the page, gives sound, and tells what was heard. */
class PlaybackProcessor extends scope.AudioWorkletProcessor implements WorkletProcessor {
  #lane = 0;
  #buffer = new JitterBuffer(scope.sampleRate);
  #resampler: Resampler | undefined;
  /** Speech at the lane's rate on its way to the context's, then what the last quantum left over. */
  #speech = new Float32Array(128);
  #ready = new Float32Array(0);
  #speaking = false;
  #position: number | undefined;
  #reportAt = 0;
  #draining = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#obey(data as PlaybackCommand);
  }

  process(_inputs: Channels, [output]: Channels): boolean {
    const channel = output?.[0];
    if (!channel) return true;
    this.#fill(channel);
    const { playing } = this.#buffer;
    if (playing !== this.#speaking) this.#tell({ type: "speaking", speaking: this.#speaking = playing });
    this.#report();
    return true;
  }

  #obey(command: PlaybackCommand): void {
    switch (command.type) {
      case "lane": {
        this.#dropAll();
        this.#lane = command.lane;
        this.#buffer = new JitterBuffer(command.rate);
        this.#position = undefined;
        this.#resampler = command.rate === scope.sampleRate
          ? undefined
          : new Resampler(command.rate, scope.sampleRate);
        this.#speech = new Float32Array(Math.max(1, Math.floor(128 * command.rate / scope.sampleRate)));
        return;
      }
      case "piece":
        for (const segment of this.#buffer.push(command.piece, this.#nowMs)) this.#dropped(segment);
        return;
      case "clear":
        return this.#dropAll();
      case "drain":
        this.#draining = true;
        return this.#buffer.complete();
    }
  }

  get #nowMs(): number {
    return scope.currentTime * 1000;
  }

  #fill(channel: Float32Array<ArrayBuffer>): void {
    if (!this.#resampler) return this.#buffer.pull(channel, this.#nowMs);
    let filled = Math.min(channel.length, this.#ready.length);
    channel.set(this.#ready.subarray(0, filled));
    this.#ready = this.#ready.subarray(filled);
    while (filled < channel.length) {
      this.#buffer.pull(this.#speech, this.#nowMs);
      const made = this.#resampler.push(this.#speech);
      const part = made.subarray(0, channel.length - filled);
      channel.set(part, filled);
      filled += part.length;
      this.#ready = made.slice(part.length);
    }
  }

  #report(): void {
    const heard = this.#buffer.heard;
    const done = this.#buffer.takeDone();
    for (const segment of done) this.#played(segment, heard?.position ?? 0, true);
    const due = this.#speaking && heard && heard.position !== this.#position;
    if (heard && due && scope.currentTime >= this.#reportAt) {
      this.#played(heard.segment, heard.position, false);
    }
    if (this.#draining && this.#buffer.waitingMs === 0 && !this.#speaking) {
      this.#draining = false;
      this.#tell({ type: "drained" });
    }
  }

  #played(segment: number, position: number, done: boolean): void {
    this.#position = position;
    this.#reportAt = scope.currentTime + reportEvery;
    this.#tell({ type: "played", lane: this.#lane, segment, position, done });
  }

  #dropAll(): void {
    for (const segment of this.#buffer.clear()) this.#dropped(segment);
  }

  #dropped(segment: number): void {
    this.#tell({ type: "dropped", lane: this.#lane, segment });
  }

  #tell(message: PlaybackMessage): void {
    this.port.postMessage(message);
  }
}

scope.registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor);
