/** A reference clause and its place in the recording, in samples. */
export interface ReferenceClause {
  readonly text: string;
  readonly start: number;
  /** One past the last sample of its last word. */
  readonly end: number;
}

/** A segment as it was observed at the client. */
export interface ObservedSegment {
  readonly segment: number;
  /** The bounds of its speech on the source clock, in samples. */
  readonly start: number;
  readonly end: number;
  readonly characters: number;
  /** When its first sample above −50 dBFS arrived, in ms; `undefined` when none did. */
  readonly audibleAtMs: number | undefined;
  /** How long its speech is, in ms. */
  readonly audioMs: number;
}

/** What was measured of one clause. */
export interface ClauseLatency {
  readonly clause: ReferenceClause;
  /** The segment that covers its last word. */
  readonly segment: number;
  /** From the arrival of the sample that ends its last word to the first audible sample of that segment, in ms. */
  readonly latencyMs: number;
  /** The same to the moment when a listener hears it, after what is played before, in ms. */
  readonly audibleMs: number;
}

/** −50 dBFS of 16-bit samples. */
export const audibleLevel: number = Math.round(32_768 * 10 ** (-50 / 20));

/** How long before a clause's end its last word is certainly being spoken, in ms. */
const insideLastWordMs = 60;

/**
 * Measures clause end to first translated audio (DESIGN §9). A clause whose last word no segment covers is not in the result: it was not
 * translated, and has to be reported as missed.
 *
 * @param arrivalOf when the sample before a position was sent, in ms on the clock of `audibleAtMs`.
 */
export function measureClauses(
  clauses: readonly ReferenceClause[],
  segments: readonly ObservedSegment[],
  rate: number,
  arrivalOf: (position: number) => number,
): ClauseLatency[] {
  const heardAt = playout(segments);
  return clauses.flatMap((clause) => {
    const probe = clause.end - insideLastWordMs * rate / 1000;
    const covering = segments.find(({ start, end }) => start <= probe && probe < end) ??
      nearest(segments, probe, rate);
    if (covering?.audibleAtMs === undefined) return [];
    const arrivedMs = arrivalOf(clause.end);
    return [{
      clause,
      segment: covering.segment,
      latencyMs: covering.audibleAtMs - arrivedMs,
      audibleMs: heardAt.get(covering.segment)! - arrivedMs,
    }];
  });
}

/** Recognizers place word ends a little off: the segment that begins or ends nearest, when it is within 300 ms. */
function nearest(
  segments: readonly ObservedSegment[],
  position: number,
  rate: number,
): ObservedSegment | undefined {
  const apart = ({ start, end }: ObservedSegment) =>
    Math.min(Math.abs(position - start), Math.abs(position - end));
  const [best] = segments.toSorted((one, other) => apart(one) - apart(other));
  return best && apart(best) <= 0.3 * rate ? best : undefined;
}

function playout(segments: readonly ObservedSegment[]): Map<number, number> {
  let freeAtMs = -Infinity;
  const heardAt = new Map<number, number>();
  for (const { segment, audibleAtMs, audioMs } of segments) {
    if (audibleAtMs === undefined) continue;
    const startMs = Math.max(audibleAtMs, freeAtMs);
    heardAt.set(segment, startMs);
    freeAtMs = startMs + audioMs;
  }
  return heardAt;
}
