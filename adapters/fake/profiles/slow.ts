import type { Profile } from "../profile.ts";

/** Providers with long times to the final and long tails. */
export const slow: Profile = {
  name: "slow",
  about: "Azure speech to text, Gemini Flash and Aura-2, as published in 2026",
  stt: {
    interimMs: { p50: 300, p95: 500 },
    finalMs: { p50: 1016, p95: 1345, p99: 1791 },
    openMs: { p50: 400, p95: 700 },
    stableAfterMs: 600,
    sources: [
      "finalMs: Azure, time to final segment, 1,000 clips, pipecat-ai/stt-benchmark README, 2026",
      "interimMs, stableAfterMs: assumed",
      "openMs: as in the profile published",
    ],
  },
  mt: {
    firstTokenMs: { p50: 400, p95: 1000 },
    tokensPerSecond: 120,
    openMs: { p50: 100, p95: 200 },
    sources: [
      "firstTokenMs: p50 of Gemini Flash, tokenmix.ai, 2026-04; the spread is assumed",
      "tokensPerSecond: the lower end of the same page's 120 to 350",
      "openMs: as in the profile published",
    ],
  },
  tts: {
    firstAudioMs: { p50: 313, p95: 500 },
    realTimeFactor: 0.5,
    openMs: { p50: 400, p95: 700 },
    sources: [
      "firstAudioMs: p50 of Aura-2, Coval, 2026-05, quoted by gradium.ai; the spread is assumed",
      "openMs: as in the profile published",
      "realTimeFactor: assumed",
    ],
  },
};
