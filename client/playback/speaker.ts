/// <reference lib="dom" />
import type { SpeechEvent } from "../interpret_event.ts";
import { platformError } from "../capture/device_error.ts";
import { PLAYBACK_PROCESSOR, type PlaybackCommand, type PlaybackMessage } from "./playback_message.ts";
import type { SoundOutput } from "./sound_output.ts";

/** How long the browser may take to let sound out before it counts as blocked, in ms. */
const patienceMs = 500;
/** How fast the original gets quieter and louder, in seconds. */
const duckSeconds = 0.05;
const unduckSeconds = 0.4;
const gestures = ["pointerup", "keydown"] as const;

/** What a {@linkcode Speaker} tells. */
export type SpeakerMessage = PlaybackMessage | { readonly type: "sound"; readonly blocked: boolean };

/** The original as it is being played. */
export interface Original {
  /** How much of it has been played, in seconds. */
  readonly seconds: number;
  stop(): void;
}

/** The page's voice: speaks one lane, beside it the original of a file, quieter while the lane speaks. */
export class Speaker {
  readonly #output: SoundOutput;
  readonly #context: AudioContext;
  readonly #tell: (message: SpeakerMessage) => void;
  readonly #speech: GainNode;
  readonly #original: GainNode;
  readonly #drained = new Set<() => void>();
  #node: AudioWorkletNode | undefined;
  #lane = { lane: 0, rate: 0 };
  #speaking = false;
  #duck = 0.15;
  #originalVolume = 0.5;
  /** Whether sound is kept from coming out; `undefined` until it is known. */
  #blocked: boolean | undefined;
  /** The segment that is not played because it began while there was no sound. */
  #missed: number | undefined;

  /** @param output belongs to the speaker from here on. */
  constructor(output: SoundOutput, tell: (message: SpeakerMessage) => void) {
    const { context, destination } = output;
    this.#output = output;
    this.#context = context;
    this.#tell = tell;
    this.#speech = context.createGain();
    this.#speech.connect(destination);
    this.#original = context.createGain();
    this.#original.gain.value = this.#originalVolume;
    this.#original.connect(destination);
  }

  /** What sounds. */
  get element(): HTMLAudioElement {
    return this.#output.element;
  }

  /** Loads the worklet from where it is served. */
  async load(worklets: URL): Promise<void> {
    const context = this.#context;
    if (!("audioWorklet" in context)) throw platformError();
    await context.audioWorklet.addModule(new URL("playback.worklet.js", worklets));
    const node = new AudioWorkletNode(context, PLAYBACK_PROCESSOR, { outputChannelCount: [1] });
    node.port.onmessage = ({ data }: MessageEvent<PlaybackMessage>) => this.#hear(data);
    node.connect(this.#speech);
    this.#node = node;
    context.onstatechange = () => this.#changed();
    setTimeout(() => this.#changed(), patienceMs);
  }

  /** The volume of the translation, 0 to 1. */
  get volume(): number {
    return this.#speech.gain.value;
  }
  set volume(volume: number) {
    this.#speech.gain.value = unit(volume);
  }

  /** How loud the original is while the translation is spoken, 0 to 1, and how loud otherwise. */
  get duck(): number {
    return this.#duck;
  }
  set duck(duck: number) {
    this.#duck = unit(duck);
    this.#setOriginal();
  }

  /** How loud the original is while nothing is spoken, 0 to 1. */
  get original(): number {
    return this.#originalVolume;
  }
  set original(volume: number) {
    this.#originalVolume = unit(volume);
    this.#setOriginal();
  }

  /** Speaks another lane from here on. */
  setLane(lane: number, rate: number): void {
    if (this.#lane.lane === lane && this.#lane.rate === rate) return;
    this.#lane = { lane, rate };
    this.#command({ type: "lane", lane, rate });
  }

  /** Speaks a piece; while no sound comes out, segments are dropped whole. */
  speak(segment: number, { position, samples, start, end }: SpeechEvent): void {
    if (this.#context.state !== "running") {
      if (segment !== this.#missed) this.#tell({ type: "dropped", lane: this.#lane.lane, segment });
      this.#missed = segment;
    }
    if (segment === this.#missed) return;
    const copy = samples.slice();
    this.#command({ type: "piece", piece: { segment, position, samples: copy, start, end } }, [copy.buffer]);
  }

  /** Is silent at once. */
  clear(): void {
    this.#command({ type: "clear" });
  }

  /** Resolves when what waits has been spoken, or no sound comes out; rejects with `signal.reason` when the signal aborts first. */
  async drain(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#context.state !== "running") return;
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#drained.add(resolve);
      this.#command({ type: "drain" });
    });
  }

  /** Plays the original, from so many seconds on. */
  playOriginal(buffer: AudioBuffer, fromSeconds: number): Original {
    const context = this.#context;
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.#original);
    const startedAt = context.currentTime;
    node.start(startedAt, fromSeconds);
    return {
      get seconds() {
        return Math.min(buffer.duration, fromSeconds + context.currentTime - startedAt);
      },
      stop: () => {
        node.stop();
        node.disconnect();
      },
    };
  }

  /** Lets sound out; to be called in a click or key press. */
  async resume(): Promise<void> {
    await this.#output.start();
    this.#changed();
  }

  /** Plays through another output. Rejects where the browser cannot, or there is none of that name. */
  async useSpeaker(deviceId: string): Promise<void> {
    if (!("setSinkId" in this.element)) throw platformError();
    await this.element.setSinkId(deviceId);
  }

  /** Is silent for good. */
  async close(): Promise<void> {
    this.#listenForGestures(false);
    this.#context.onstatechange = null;
    if (this.#node) this.#node.port.onmessage = null;
    for (const resolve of this.#drained) resolve();
    this.#drained.clear();
    await this.#output.close();
  }

  #changed(): void {
    const { state } = this.#context;
    if (state === "closed") return;
    const blocked = state !== "running" || this.element.paused;
    if (blocked !== this.#blocked && (blocked || this.#blocked !== undefined)) {
      this.#tell({ type: "sound", blocked });
    }
    this.#blocked = blocked;
    this.#listenForGestures(blocked);
    // After a phone call, or when the tab comes back, it may go on without a click.
    if (blocked) void this.#output.start();
  }

  #listenForGestures(on: boolean): void {
    for (const gesture of gestures) {
      if (on) document.addEventListener(gesture, this.#gesture, true);
      else document.removeEventListener(gesture, this.#gesture, true);
    }
  }

  readonly #gesture = (): void => void this.resume();

  #hear(message: PlaybackMessage): void {
    if (message.type === "speaking") {
      this.#speaking = message.speaking;
      this.#setOriginal();
    }
    if (message.type === "drained") {
      for (const resolve of this.#drained) resolve();
      this.#drained.clear();
    }
    this.#tell(message);
  }

  #setOriginal(): void {
    const { gain } = this.#original;
    const now = this.#context.currentTime;
    if (this.#speaking) gain.setTargetAtTime(this.#duck * this.#originalVolume, now, duckSeconds);
    else gain.setTargetAtTime(this.#originalVolume, now, unduckSeconds);
  }

  #command(command: PlaybackCommand, transfer: Transferable[] = []): void {
    this.#node?.port.postMessage(command, transfer);
  }
}

function unit(value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RangeError(`Cannot set the volume: it is ${value}, expected 0 to 1`);
}
