/// <reference lib="dom" />
import { CAPTURE_PROCESSOR, type CaptureMessage, type CaptureOptions } from "./capture_message.ts";
import { deviceError, platformError } from "./device_error.ts";

/** Turns a microphone's stream into samples at a wanted rate, in an audio worklet. */
export class Recorder {
  readonly #rate: number;
  readonly #worklets: URL;
  readonly #receive: (message: CaptureMessage) => void;
  readonly #interrupted: () => void;
  #context: AudioContext | undefined;
  #node: AudioWorkletNode | undefined;
  #input: MediaStreamAudioSourceNode | undefined;

  /**
   * @param rate samples a second that are wanted.
   * @param worklets where `capture.worklet.js` is served.
   * @param interrupted is called when nothing is heard for now: by a phone call, say.
   */
  constructor(
    rate: number,
    worklets: URL,
    receive: (message: CaptureMessage) => void,
    interrupted: () => void,
  ) {
    this.#rate = rate;
    this.#worklets = worklets;
    this.#receive = receive;
    this.#interrupted = interrupted;
  }

  /** Listens to a stream from here on, instead of the one before. */
  async listen(stream: MediaStream): Promise<void> {
    this.silence();
    if (this.#context && this.#connect(this.#context, stream)) return;
    // A context at the wanted rate has the browser's own conversion. Firefox refuses streams of another rate there: then it is ours.
    for (const sampleRate of [this.#rate, undefined]) {
      await this.close();
      const context = new AudioContext(sampleRate === undefined ? {} : { sampleRate });
      this.#context = context;
      await this.#prepare(context);
      if (this.#connect(context, stream)) return;
    }
    throw deviceError("microphone_busy");
  }

  /** Listens to nothing. */
  silence(): void {
    this.#input?.disconnect();
    this.#input = undefined;
  }

  /** Lets go of everything; the streams are the caller's. */
  async close(): Promise<void> {
    this.silence();
    const context = this.#context;
    this.#context = undefined;
    if (this.#node) this.#node.port.onmessage = null;
    if (context && context.state !== "closed") await context.close();
  }

  async #prepare(context: AudioContext): Promise<void> {
    if (!("audioWorklet" in context)) throw platformError();
    await context.audioWorklet.addModule(new URL("capture.worklet.js", this.#worklets));
    const processorOptions: CaptureOptions = { rate: this.#rate };
    const node = new AudioWorkletNode(context, CAPTURE_PROCESSOR, { processorOptions });
    node.port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => this.#receive(data);
    // It gives silence; Safari runs only what leads to the output.
    node.connect(context.destination);
    this.#node = node;
    context.onstatechange = () => void this.#resume(context);
    await this.#resume(context);
  }

  async #resume(context: AudioContext): Promise<void> {
    if (context !== this.#context || context.state === "running" || context.state === "closed") return;
    this.#interrupted();
    await context.resume().catch(() => {});
  }

  #connect(context: AudioContext, stream: MediaStream): boolean {
    try {
      this.#input = context.createMediaStreamSource(stream);
    } catch {
      return false;
    }
    this.#input.connect(this.#node!);
    return true;
  }
}
