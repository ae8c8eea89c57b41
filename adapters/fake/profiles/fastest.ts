import type { Profile } from "../profile.ts";

/** The fastest of each stage that was published for 2026. */
export const fastest: Profile = {
  name: "fastest",
  about: "NVIDIA Nemotron, Groq 8B and Gradium, the fastest published in 2026",
  stt: {
    interimMs: { p50: 130, p95: 200 },
    finalMs: { p50: 221, p95: 238, p99: 252 },
    openMs: { p50: 400, p95: 700 },
    stableAfterMs: 400,
    sources: [
      "finalMs: NVIDIA Nemotron, time to final segment, 1,000 clips, pipecat-ai/stt-benchmark README, 2026",
      "interimMs, openMs, stableAfterMs: as in the profile published",
    ],
  },
  mt: {
    firstTokenMs: { p50: 150, p95: 300 },
    tokensPerSecond: 350,
    openMs: { p50: 100, p95: 200 },
    sources: [
      "firstTokenMs: p50 of an 8B model at Groq, tokenmix.ai, 2026-04; the spread is assumed",
      "tokensPerSecond: the upper end of the same page's 120 to 350",
      "openMs: as in the profile published",
    ],
  },
  tts: {
    firstAudioMs: { p50: 155, iqr: 2 },
    realTimeFactor: 0.2,
    openMs: { p50: 400, p95: 700 },
    sources: [
      "firstAudioMs: Gradium, Coval, 2026-05, quoted by gradium.ai",
      "openMs, realTimeFactor: as in the profile published",
    ],
  },
};
