import type { Profile } from "../profile.ts";

const none = { p50: 0, p95: 0 };

/** Providers that take no time: what is left is the service itself. */
export const instant: Profile = {
  name: "instant",
  about: "no latency at all",
  stt: {
    interimMs: none,
    finalMs: none,
    openMs: none,
    stableAfterMs: 0,
    sources: ["by definition"],
  },
  mt: { firstTokenMs: none, tokensPerSecond: Infinity, openMs: none, sources: ["by definition"] },
  tts: { firstAudioMs: none, realTimeFactor: 0, openMs: none, sources: ["by definition"] },
};
