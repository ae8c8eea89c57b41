import type { Profile } from "../profile.ts";

/** Providers that many would choose in 2026: fast, not the fastest. */
export const published: Profile = {
  name: "published",
  about: "Deepgram nova-3, GPT-4.1-mini and ElevenLabs Flash, as published in 2026",
  stt: {
    interimMs: { p50: 130, p95: 200 },
    finalMs: { p50: 247, p95: 298, p99: 326 },
    openMs: { p50: 400, p95: 700 },
    stableAfterMs: 400,
    sources: [
      "finalMs: Deepgram nova-3, time to final segment, 1,000 clips, pipecat-ai/stt-benchmark README, 2026",
      "interimMs: p50 of the first partial, ElevenLabs scribe, Artificial Analysis AA-WER Streaming, 2026-06; the spread is assumed",
      "openMs: assumed to be what is told of a voice's connection, see tts",
      "stableAfterMs: assumed, measured for pocketsphinx",
    ],
  },
  mt: {
    firstTokenMs: { p50: 300, p95: 600 },
    tokensPerSecond: 120,
    openMs: { p50: 100, p95: 200 },
    sources: [
      "firstTokenMs: p50 of GPT-4.1-mini, tokenmix.ai, 2026-04; the spread is assumed",
      "tokensPerSecond: the lower end of the same page's 120 to 350",
      "openMs: assumed, TLS to a nearby region",
    ],
  },
  tts: {
    firstAudioMs: { p50: 288, iqr: 28 },
    realTimeFactor: 0.2,
    openMs: { p50: 400, p95: 700 },
    sources: [
      "firstAudioMs: ElevenLabs Flash, Coval, 2026-05, quoted by gradium.ai",
      "openMs: p50 of connecting and opening a stream, the Soniox demo and Actual.Chat's traces; the spread is assumed",
      "realTimeFactor: assumed",
    ],
  },
};
