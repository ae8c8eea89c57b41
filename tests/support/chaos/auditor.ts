import type { AudioEvent, ClientEvent } from "../../../client/event.ts";
import type { Lane } from "../../../protocol/server_message.ts";

/** What became of a segment in a lane. */
export type Outcome = "spoken" | "failed" | "skipped" | "cancelled";

interface LaneAudit {
  /** Segments after `since` and up to `until` have to come to something here. */
  readonly since: number;
  until: number;
  position: number;
  /** The segment whose audio is coming. */
  current: number | undefined;
  /** The last segments whose audio began and ended. */
  begun: number;
  ended: number;
  cancelledThrough: number;
  readonly outcomes: Map<number, Outcome>;
  readonly captions: Map<number, { revision: number; stable: string; final: boolean }>;
}

/** How many segments before a change of the lanes may belong to the lanes before or after it. */
const overlap = 2;

/**
 * Listens to everything that a client is told in one session and notes what must not be: a segment that comes to two ends or to none, speech that is
 * out of order or does not follow on, captions that take something back, translations that lack something or have it twice.
 */
export class Auditor {
  readonly violations: string[] = [];
  readonly counts: Record<Outcome, number> = { spoken: 0, failed: 0, skipped: 0, cancelled: 0 };
  #segment = 0;
  /** The number of the last message. */
  #seq = 0;
  #flush = 0;
  #ended = false;
  readonly #lanes = new Map<number, LaneAudit>();
  readonly #source: LaneAudit = laneAudit(0);
  readonly #translate: ((text: string) => string) | undefined;

  /**
   * @param lanes those that the session begins with.
   * @param translate what every translation is to be, unless it is empty; not looked at when absent.
   */
  constructor(lanes: readonly Lane[], translate?: (text: string) => string) {
    this.#translate = translate;
    this.#change(lanes, 0);
  }

  /** How many segments the source has. */
  get segments(): number {
    return this.#segment;
  }

  /** The oldest segment of each lane that has come to nothing yet. */
  unfinished(): { readonly lane: number; readonly segment: number }[] {
    const found: { lane: number; segment: number }[] = [];
    for (const [lane, audit] of this.#lanes) {
      const segment = this.#firstOpen(audit);
      if (segment !== undefined) found.push({ lane, segment });
    }
    return found;
  }

  /** Takes note of an event. */
  take(event: ClientEvent): void {
    if (this.#ended && event.type !== "state") this.#object(`${event.type} came after ended`);
    if ("seq" in event) this.#follow(event.seq);
    switch (event.type) {
      case "segment":
        if (event.segment !== this.#segment + 1) {
          this.#object(`segment ${event.segment} came after segment ${this.#segment}`);
        }
        this.#segment = event.segment;
        return;
      case "lanes":
        return this.#change(event.lanes, this.#segment);
      case "audio":
        return this.#takeAudio(event);
      case "caption":
        return this.#takeCaption(event);
      case "timing": {
        const audit = this.#lane(event.lane);
        if (audit.ended !== event.segment || audit.current !== undefined) {
          this.#object(
            `lane ${event.lane}: timing of segment ${event.segment} while ${audit.current} is spoken and ${audit.ended} was`,
          );
        }
        return this.#conclude(event.lane, event.segment, "spoken");
      }
      case "skipped":
        return this.#conclude(event.lane, event.segment, "skipped");
      case "error":
        if (event.lane !== undefined && event.segment !== undefined) {
          this.#conclude(event.lane, event.segment, "failed");
        }
        return;
      case "cancelled": {
        const audit = this.#lane(event.lane);
        audit.cancelledThrough = Math.max(audit.cancelledThrough, event.through);
        if (audit.current !== undefined && audit.current <= event.through) audit.current = undefined;
        return;
      }
      case "flushed":
        if (event.id !== this.#flush + 1) this.#object(`flush ${event.id} after ${this.#flush}`);
        this.#flush = event.id;
        return;
      case "ended":
        this.#ended = true;
        if (event.totals.segments !== this.#segment) {
          this.#object(`ended counts ${event.totals.segments} segments, expected ${this.#segment}`);
        }
        return this.#complete();
      case "state":
      case "goaway":
        return;
    }
  }

  /** Where the numbers begin anew, the session goes on at another instance: what was not final there is heard again, perhaps otherwise. */
  #follow(seq: number): void {
    if (seq <= this.#seq) {
      for (const { captions } of [this.#source, ...this.#lanes.values()]) {
        for (const [segment, { final }] of captions) if (!final) captions.delete(segment);
      }
    }
    this.#seq = seq;
  }

  #change(lanes: readonly Lane[], since: number): void {
    const now = new Set(lanes.map(({ lane }) => lane));
    for (const [lane, audit] of this.#lanes) {
      if (!now.has(lane)) audit.until = Math.min(audit.until, since - overlap);
    }
    for (const { lane } of lanes) {
      if (lane > 0 && !this.#lanes.has(lane)) this.#lanes.set(lane, laneAudit(since));
    }
  }

  #takeAudio(event: AudioEvent): void {
    const { lane, codec, position, timing, start, end, jump } = event;
    if (codec !== "pcm_s16le") return this.#object(`lane ${lane}: ${codec}`);
    // The first audio of a new lane may come before the message that tells of it.
    const audit = this.#laneOrNew(lane);
    if (jump ? position < audit.position : position !== audit.position) {
      this.#object(`lane ${lane}: audio at ${position}, expected ${audit.position}`);
    }
    audit.position = position + event.samples.length;
    if (start) {
      const segment = timing?.segment ?? NaN;
      if (audit.current !== undefined) {
        this.#object(`lane ${lane}: segment ${segment} begins while ${audit.current} is spoken`);
      }
      if (!(segment > audit.begun)) {
        this.#object(`lane ${lane}: segment ${segment} begins after ${audit.begun}`);
      }
      audit.current = audit.begun = segment;
    }
    if (audit.current === undefined) return this.#object(`lane ${lane}: audio of no segment at ${position}`);
    const before = this.#outcome(audit, audit.current);
    if (before) this.#object(`lane ${lane}: audio of segment ${audit.current}, which was ${before}`);
    if (end) {
      audit.ended = audit.current;
      audit.current = undefined;
    }
  }

  #takeCaption(event: Extract<ClientEvent, { type: "caption" }>): void {
    const { lane, segment, revision, stable, final } = event;
    const { captions } = lane === 0 ? this.#source : this.#laneOrNew(lane);
    const before = captions.get(segment);
    const where = `lane ${lane}, segment ${segment}: caption ${revision}`;
    if (before) {
      if (before.final) this.#object(`${where} came after the final one`);
      if (revision <= before.revision) this.#object(`${where} came after ${before.revision}`);
      if (!stable.startsWith(before.stable)) this.#object(`${where} takes stable text back`);
    }
    const source = this.#source.captions.get(segment);
    if (lane > 0 && final && stable !== "" && source?.final && this.#translate) {
      if (stable !== this.#translate(source.stable)) {
        this.#object(`${where} is not the translation, once and whole`);
      }
    }
    captions.set(segment, { revision, stable, final });
    if (captions.size > 64) captions.delete(captions.keys().next().value!);
  }

  #conclude(lane: number, segment: number, outcome: Outcome): void {
    const audit = this.#laneOrNew(lane);
    const before = this.#outcome(audit, segment);
    if (before) this.#object(`lane ${lane}: segment ${segment} is ${outcome}, and was ${before} already`);
    if (segment > this.#segment) {
      this.#object(`lane ${lane}: segment ${segment} is ${outcome} before it was cut`);
    }
    if (audit.current === segment) {
      this.#object(`lane ${lane}: segment ${segment} is ${outcome} while its speech is open`);
      audit.current = undefined;
    }
    audit.outcomes.set(segment, outcome);
    this.counts[outcome] += 1;
  }

  #outcome(audit: LaneAudit, segment: number): Outcome | undefined {
    return audit.outcomes.get(segment) ?? (segment <= audit.cancelledThrough ? "cancelled" : undefined);
  }

  #firstOpen(audit: LaneAudit): number | undefined {
    for (let segment = audit.since + 1; segment <= Math.min(audit.until, this.#segment); segment++) {
      if (this.#outcome(audit, segment) === undefined) return segment;
    }
    return undefined;
  }

  #complete(): void {
    for (const [lane, audit] of this.#lanes) {
      for (let segment = audit.since + 1; segment <= Math.min(audit.until, this.#segment); segment++) {
        if (audit.outcomes.has(segment)) continue;
        if (segment <= audit.cancelledThrough) this.counts.cancelled += 1;
        else this.#object(`lane ${lane}: segment ${segment} of ${this.#segment} came to nothing`);
      }
      if (audit.current !== undefined) {
        this.#object(`lane ${lane}: the speech of segment ${audit.current} did not end`);
      }
    }
  }

  #lane(lane: number): LaneAudit {
    const audit = this.#lanes.get(lane);
    if (audit) return audit;
    this.#object(`lane ${lane} is not known`);
    return this.#laneOrNew(lane);
  }

  #laneOrNew(lane: number): LaneAudit {
    let audit = this.#lanes.get(lane);
    if (!audit) this.#lanes.set(lane, audit = laneAudit(this.#segment));
    return audit;
  }

  #object(what: string): void {
    this.violations.push(what);
  }
}

function laneAudit(since: number): LaneAudit {
  return {
    since,
    until: Infinity,
    position: 0,
    current: undefined,
    begun: 0,
    ended: 0,
    cancelledThrough: 0,
    outcomes: new Map(),
    captions: new Map(),
  };
}
