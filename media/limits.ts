import { MediaError } from "./error.ts";

/** The lowest and the highest sample rate that is read, in Hz. */
export const RATES = { min: 8000, max: 96000 } as const;

/** The most channels that are mixed down to one. */
export const MAX_CHANNELS = 8;

/**
 * Refuses a rate or a number of channels that is not read.
 *
 * @throws {MediaError} `unsupported`, naming the limit.
 */
export function checkLayout(rate: number, channels: number): void {
  if (!(Number.isInteger(rate) && rate >= RATES.min && rate <= RATES.max)) {
    throw new MediaError(
      "unsupported",
      `Cannot read the audio: its sample rate is ${rate} Hz, expected ${RATES.min} to ${RATES.max}`,
    );
  }
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new MediaError(
      "unsupported",
      `Cannot read the audio: it has ${channels} channels, expected 1 to ${MAX_CHANNELS}`,
    );
  }
}
