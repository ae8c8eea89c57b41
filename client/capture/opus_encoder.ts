/// <reference lib="dom" />
import { type OpusBundle, OpusBundler } from "./opus_bundler.ts";

const config: AudioEncoderConfig & { readonly opus: { readonly application: string } } = {
  codec: "opus",
  sampleRate: 48_000,
  numberOfChannels: 1,
  bitrate: 24_000,
  opus: { application: "voip", frameDuration: 20_000 },
};

/** Whether the browser can encode Opus. */
export async function canEncodeOpus(): Promise<boolean> {
  if (!("AudioEncoder" in globalThis)) return false;
  const { supported } = await AudioEncoder.isConfigSupported(config).catch(() => ({ supported: false }));
  return supported === true;
}

/** Encodes speech at 48 kHz through WebCodecs: 20 ms packets at 24 kb/s, in bundles of 60 ms. */
export class OpusEncoder {
  readonly #encoder: AudioEncoder;
  readonly #bundler = new OpusBundler();
  readonly #give: (bundle: OpusBundle) => void;
  #samples = 0;

  constructor(give: (bundle: OpusBundle) => void, fail: (error: unknown) => void) {
    this.#give = give;
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        const bundle = this.#bundler.push(packet, Math.round((chunk.duration ?? 20_000) * 0.048));
        if (bundle) give(bundle);
      },
      error: fail,
    });
    this.#encoder.configure(config);
  }

  /** Takes samples at 48 kHz. */
  push(samples: Int16Array<ArrayBuffer>): void {
    const data = new AudioData({
      format: "s16",
      sampleRate: 48_000,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: Math.round(this.#samples / 0.048),
      data: samples,
    });
    this.#samples += samples.length;
    this.#encoder.encode(data);
    data.close();
  }

  /** Gives what does not fill a bundle yet. */
  flush(): void {
    this.#encoder.flush().then(() => {
      const bundle = this.#bundler.take();
      if (bundle) this.#give(bundle);
    }, () => {});
  }

  /** Lets go of the encoder. */
  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}
