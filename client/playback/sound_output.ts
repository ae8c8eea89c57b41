/// <reference lib="dom" />

/**
 * Where a page's sound comes out: an `<audio>` element, which the browser's echo cancellation hears. To be made in the click or key press that browsers
 * want for it; what speaks may come later.
 */
export class SoundOutput {
  /** What sounds. */
  readonly element = new Audio();
  readonly context = new AudioContext();
  /** What is connected to it sounds. */
  readonly destination = this.context.createMediaStreamDestination();

  constructor() {
    this.element.srcObject = this.destination.stream;
    void this.start();
  }

  /** Lets sound out, where that is allowed. */
  async start(): Promise<void> {
    // Where it is not, `resume` waits for ever and `play` rejects.
    void this.context.resume().catch(() => {});
    await this.element.play().catch(() => {});
  }

  /** Is silent for good. */
  async close(): Promise<void> {
    this.element.pause();
    this.element.srcObject = null;
    if (this.context.state !== "closed") await this.context.close();
  }
}
