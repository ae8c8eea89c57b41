import { type Exits, type Recorder } from "./exits.ts";
import type { Tally } from "./tally.ts";

/** The metrics that sessions are counted and measured in. */
export interface SessionMetrics {
  readonly ttfab: Recorder;
  readonly response: Recorder;
  readonly lag: Recorder;
  readonly stage: Recorder;
  readonly sessionDuration: Recorder;
  readonly failures: Tally;
  readonly segments: Tally;
  readonly laneSegments: Tally;
  readonly spokenAudio: Tally;
  readonly erasedWords: Tally;
  readonly captionWords: Tally;
  readonly guesses: Tally;
  readonly started: Tally;
  readonly ended: Tally;
  readonly refused: Tally;
  readonly resumed: Tally;
}

/** Opens the metrics of sessions. */
export function sessionMetrics(exits: Exits): SessionMetrics {
  return {
    ttfab: exits.histogram("ttfab"),
    response: exits.histogram("response"),
    lag: exits.histogram("lag"),
    stage: exits.histogram("stage"),
    sessionDuration: exits.histogram("sessionDuration"),
    failures: exits.counter("failures"),
    segments: exits.counter("segments"),
    laneSegments: exits.counter("laneSegments"),
    spokenAudio: exits.counter("spokenAudio"),
    erasedWords: exits.counter("erasedWords"),
    captionWords: exits.counter("captionWords"),
    guesses: exits.counter("guesses"),
    started: exits.counter("started"),
    ended: exits.counter("ended"),
    refused: exits.counter("refused"),
    resumed: exits.counter("resumed"),
  };
}
