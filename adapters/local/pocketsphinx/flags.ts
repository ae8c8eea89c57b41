/**
 * How the decoder hears, chosen by measured word error rate and latency: docs/decisions/0003-pocketsphinx-flags.md.
 * What is not here stays as pocketsphinx has it, every frame scored and the noise filter on: less work costs words.
 */
export const decoderFlags: readonly string[] = [
  // Second and third passes change words that were committed long before.
  ...["-fwdflat", "no"],
  ...["-bestpath", "no"],
  // Bounds the slowest pieces, and hardly changes a word.
  ...["-maxhmmpf", "3000"],
  // An utterance ends after 200 ms of silence: as few errors as with the usual 500 ms, and a clause is final 200 ms earlier.
  ...["-vad_postspeech", "20"],
];

/** How much audio the decoder is given at a time, in ms; in speech, interim words come with each piece. */
export const chunkMs = 50;

/** How long a word has to stay the same before it can be trusted, in ms of media time. */
export const stableAfterMs = 400;
