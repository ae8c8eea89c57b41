import type { Clock } from "../flow/clock.ts";
import type { SourceClock } from "./source_clock.ts";

/** Where source audio goes: a session. */
export interface Listener {
  send(samples: Int16Array, signal: AbortSignal): Promise<void>;
}

/** Options of {@linkcode speak}. */
export interface SpeakOptions {
  /** Samples a second. */
  readonly rate: number;
  /** Whether it takes as long as it lasts. What the connection held up is made up for afterwards. */
  readonly live: boolean;
  readonly clock: Clock;
  readonly source: SourceClock;
}

/** A microphone gives so much at a time. */
const pieceMs = 20;

/**
 * Sends a recording: at the speed of speech, each piece when its last sample has been spoken, or as fast as the listener takes it.
 *
 * @throws what the samples or the listener fail with, and `signal.reason` when the signal aborts.
 */
export async function speak(
  samples: AsyncIterator<Int16Array, void>,
  listener: Listener,
  { rate, live, clock, source }: SpeakOptions,
  signal: AbortSignal,
): Promise<void> {
  const pieceSamples = live ? Math.round(rate * pieceMs / 1000) : rate;
  let position = 0;
  while (true) {
    const askedMs = clock.now();
    const { value, done } = await samples.next();
    if (done) return;
    source.begin(clock.now());
    // A recording that is still being made, or read through a slow pipe, is not there yet when it is due.
    source.pause(clock.now() - Math.max(askedMs, source.dueMs(position + pieceSamples)));
    for (let at = 0; at < value.length; at += pieceSamples) {
      const piece = value.subarray(at, at + pieceSamples);
      position += piece.length;
      const waitMs = live ? source.dueMs(position) - clock.now() : 0;
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      await listener.send(piece, signal);
    }
  }
}
