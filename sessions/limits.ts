/** How much one session may hold and how long it may wait; chosen once for a service. */
export interface Limits {
  /** How many sessions run at once. */
  readonly maxSessions: number;
  /** How long a session waits for its client to come back, in ms. */
  readonly resumeMs: number;
  /** How long a new socket may stay without `start` or `resume`, in ms. */
  readonly startMs: number;
  /** No session is started while the event loop is later than this on average, in ms. */
  readonly maxLoopLagMs: number;
  /** No session is started while the process holds more than this. */
  readonly maxMemoryBytes: number;
  /** How much audio may wait for the recognizer, in ms of speech. */
  readonly inputMs: number;
}

/** Limits that suit a laptop and an edge instance alike. */
export const defaultLimits: Limits = {
  maxSessions: 500,
  resumeMs: 30_000,
  startMs: 10_000,
  maxLoopLagMs: 100,
  maxMemoryBytes: 2 * 2 ** 30,
  inputMs: 5000,
};
