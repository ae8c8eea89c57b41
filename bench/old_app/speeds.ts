import type { Profile } from "../../adapters/fake/profile.ts";

/** The old app's provider speeds at their midpoints, as its report gives them. */
export const wholeSpeeds = { sttSecondsPerSecond: 0.35, mtMsPerWord: 60, ttsSecondsPerSecond: 0.3 };

const exactly = (ms: number) => ({ p50: ms, p95: ms });
const tokensPerWord = 1.3;

/** Providers with the same speeds, each of which gives what it has as soon as it has it. */
export const oldSpeeds: Profile = {
  name: "old-app",
  about: "the old app's providers at the midpoints of the ranges in its report, each able to stream",
  stt: {
    // 100 ms of speech are heard at a time, which takes 0.35 s a second.
    interimMs: exactly(135),
    finalMs: exactly(350),
    openMs: exactly(0),
    stableAfterMs: 400,
    sources: ["0.35 s for each second of speech; the final is as late as for a whole second"],
  },
  mt: {
    firstTokenMs: exactly(wholeSpeeds.mtMsPerWord),
    tokensPerSecond: tokensPerWord * 1000 / wholeSpeeds.mtMsPerWord,
    openMs: exactly(0),
    sources: ["60 ms a word, the first one included"],
  },
  tts: {
    // What comes first is a burst of 400 ms.
    firstAudioMs: exactly(400 * wholeSpeeds.ttsSecondsPerSecond),
    realTimeFactor: wholeSpeeds.ttsSecondsPerSecond,
    openMs: exactly(0),
    sources: ["0.3 s for each second of audio"],
  },
};
