/**
 * How the decoder hears, chosen by measured word error rate and latency: docs/decisions/0003-pocketsphinx-flags.md.
 *
 * Noise removal, a downsampling of 1 and four Gaussians, pocketsphinx's own values, stay: each saves time only at the cost of words.
 */
export const decoderFlags: readonly string[] = [
  // Second and third passes change words that were committed long before.
  ...["-fwdflat", "no"],
  ...["-bestpath", "no"],
  // Bounds the slowest frames; the words stay the same.
  ...["-maxhmmpf", "3000"],
  // An utterance ends after 200 ms of silence: as few errors as with the usual 500 ms, and a clause is final 200 ms earlier.
  ...["-vad_postspeech", "20"],
];

/** How much audio the decoder is given at a time, in ms; in speech, interim words come with each piece. */
export const chunkMs = 50;

/** How long a word has to stay the same before it can be trusted, in ms of media time. */
export const stableAfterMs = 400;
