import { Encoder } from "@evan/opus";

const packetSamples = 960;

/** Opus packets of 20 ms, made of a function that gives the sample at a time in seconds. */
export function opusPackets(sampleAt: (seconds: number) => number, ms: number): readonly Uint8Array[] {
  const encoder = new Encoder({ channels: 1, sample_rate: 48_000, application: "audio" });
  return Array.from({ length: Math.ceil(ms / 20) }, (_, packet) => {
    const samples = Int16Array.from(
      { length: packetSamples },
      (_, index) => Math.round(32_767 * sampleAt((packet * packetSamples + index) / 48_000)),
    );
    return encoder.encode(samples).slice();
  });
}

/** How loud a tone is in samples, as the amplitude of a sine. */
export function loudnessOf(hertz: number, samples: Int16Array, rate: number): number {
  let sine = 0;
  let cosine = 0;
  for (const [index, sample] of samples.entries()) {
    const angle = 2 * Math.PI * hertz * index / rate;
    sine += sample / 32_768 * Math.sin(angle);
    cosine += sample / 32_768 * Math.cos(angle);
  }
  return 2 * Math.hypot(sine, cosine) / samples.length;
}
