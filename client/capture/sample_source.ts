import type { Source, SourceTarget } from "../source.ts";
import { LevelMeter } from "./level_meter.ts";
import { toFloat32 } from "./pcm.ts";

const levelMs = 100;

/** An iterable of samples as a source, sent as fast as it gives them and the service takes them. */
export class SampleSource implements Source {
  readonly #samples: AsyncIterator<Int16Array>;
  readonly #meter: LevelMeter;
  /** Resolves when the samples go on; `undefined` while they do. */
  #pause: PromiseWithResolvers<void> | undefined;

  constructor(samples: AsyncIterable<Int16Array>, rate: number) {
    this.#samples = samples[Symbol.asyncIterator]();
    this.#meter = new LevelMeter(rate * levelMs / 1000);
  }

  async run(target: SourceTarget, signal: AbortSignal): Promise<void> {
    while (true) {
      while (this.#pause) await abortable(this.#pause.promise, signal);
      const { done, value } = await abortable(this.#samples.next(), signal);
      if (done) return;
      const level = this.#meter.push(toFloat32(value));
      if (level) target.hint({ type: "level", ...level });
      await target.send(value, signal);
    }
  }

  pause(paused: boolean): void {
    if (paused) {
      this.#pause ??= Promise.withResolvers();
    } else {
      this.#pause?.resolve();
      this.#pause = undefined;
    }
  }

  close(): void {
    // Not awaited: an iterator that is waiting would not answer.
    void this.#samples.return?.().catch(() => {});
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
