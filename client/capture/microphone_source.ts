/// <reference lib="dom" />
import type { InterpretError } from "../interpret_error.ts";
import type { MicrophoneWish } from "../interpret_options.ts";
import type { Source, SourceTarget } from "../source.ts";
import type { WireFormat } from "../../protocol/client_message.ts";
import type { CaptureMessage } from "./capture_message.ts";
import { microphoneError } from "./device_error.ts";
import { Gap } from "./gap.ts";
import { openMicrophone, stopTracks } from "./microphone.ts";
import { OpusEncoder } from "./opus_encoder.ts";
import { Recorder } from "./recorder.ts";

/** A microphone as a source: it may be paused, changed, and lost; what is missing then is left out, and the source's clock goes on. */
export class MicrophoneSource implements Source {
  readonly #format: WireFormat;
  readonly #recorder: Recorder;
  readonly #gap: Gap;
  readonly #opened: Promise<void>;
  #wish: MicrophoneWish;
  #stream: MediaStream;
  #target: SourceTarget | undefined;
  #opus: OpusEncoder | undefined;
  #paused = false;
  #closed = false;

  /**
   * @param stream what `openMicrophone` gave for the wish; it belongs to the source from here on.
   * @param worklets where the capture worklet is served.
   */
  constructor(stream: MediaStream, wish: MicrophoneWish, format: WireFormat, worklets: URL) {
    this.#stream = stream;
    this.#wish = wish;
    this.#format = format;
    this.#gap = new Gap(format.rate);
    this.#recorder = new Recorder(
      format.rate,
      worklets,
      (message) => this.#take(message),
      () => this.#break(),
    );
    // It listens before anybody wants to hear: nothing is lost when the session begins.
    this.#opened = this.#listen();
    this.#opened.catch(() => {});
  }

  async run(target: SourceTarget, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#closed) return;
    if (this.#format.codec === "opus") {
      this.#opus = new OpusEncoder(
        ({ packets, samples }) => target.pushOpus(packets, samples),
        (error) => this.#trouble(error),
      );
    }
    await this.#opened;
    signal.throwIfAborted();
    this.#target = target;
    this.#tellDevice("opened");
    // A microphone has no end.
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    for (const track of this.#stream.getAudioTracks()) track.enabled = !paused;
    if (!paused) return;
    this.#break();
    this.#target?.flush();
  }

  /** Goes on with another microphone, the default one without a name. Rejects, and keeps the old one, when it cannot be opened. */
  async use(deviceId: string | undefined): Promise<void> {
    const { deviceId: _, ...treatment } = this.#wish;
    const wish = deviceId === undefined ? treatment : { ...treatment, deviceId };
    const stream = await openMicrophone(wish);
    if (this.#closed) return stopTracks(stream);
    this.#wish = wish;
    await this.#change(stream, "chosen");
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#opus?.close();
    navigator.mediaDevices.removeEventListener("devicechange", this.#lookAgain);
    void this.#recorder.close();
  }

  async #change(stream: MediaStream, reason: "opened" | "chosen"): Promise<void> {
    this.#break();
    this.#recorder.silence();
    this.#release();
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) track.enabled = !this.#paused;
    await this.#listen();
    this.#tellDevice(reason);
  }

  async #listen(): Promise<void> {
    const stream = this.#stream;
    for (const track of stream.getTracks()) track.addEventListener("ended", this.#lost);
    try {
      await this.#recorder.listen(stream);
    } catch (error) {
      throw microphoneError(error);
    }
  }

  /** Nothing comes for now. */
  #break(): void {
    this.#gap.begin(performance.now());
    this.#opus?.flush();
  }

  #tellDevice(reason: "opened" | "chosen" | "lost"): void {
    const track = this.#stream.getAudioTracks()[0];
    const deviceId = track?.getSettings().deviceId ?? "";
    this.#target?.tell({ type: "device", deviceId, label: track?.label ?? "", reason });
  }

  #release(): void {
    // A track that its page stops says nothing; one that was unplugged does.
    for (const track of this.#stream.getTracks()) track.removeEventListener("ended", this.#lost);
    stopTracks(this.#stream);
  }

  readonly #lost = (): void => {
    if (this.#closed) return;
    this.#break();
    this.#tellDevice("lost");
    void this.#fallBack();
  };

  readonly #lookAgain = (): void => {
    navigator.mediaDevices.removeEventListener("devicechange", this.#lookAgain);
    void this.#fallBack();
  };

  /** Goes on with the default microphone, as soon as there is one. */
  async #fallBack(): Promise<void> {
    try {
      const { deviceId: _, ...wish } = this.#wish;
      const stream = await openMicrophone(wish);
      if (this.#closed) return stopTracks(stream);
      await this.#change(stream, "opened");
    } catch (error) {
      if (this.#closed) return;
      this.#trouble(error);
      navigator.mediaDevices.addEventListener("devicechange", this.#lookAgain);
    }
  }

  #trouble(error: unknown): void {
    const { code, message }: InterpretError = microphoneError(error);
    this.#target?.tell({ type: "error", code, message, fatal: false });
  }

  #take(message: CaptureMessage): void {
    const target = this.#target;
    if (message.type === "level") return target?.hint({ type: "level", ...message.level });
    if (this.#paused || this.#closed) return;
    const { samples } = message;
    const missing = this.#gap.end(performance.now(), samples.length);
    if (!target) return;
    if (missing > 0) target.skip(missing);
    if (this.#opus) this.#opus.push(samples);
    else target.push(samples);
  }
}
