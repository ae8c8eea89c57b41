import { Captions } from "./captions.ts";
import type { Talk } from "./export_json.ts";
import { type HeardClause, Playout } from "./playout.ts";
import { Recording } from "./recording.ts";
import type { TalkEvent } from "./talk_event.ts";

/** An hour of translated speech is kept at most. */
const recordingMs = 3_600_000;

/** The lanes of a session: the source, which is lane 0, and the targets. */
export type Lanes = readonly { readonly lane: number; readonly language: string; readonly rate: number }[];

/** Everything that a talk came to: its captions, its translated speech, and what of it is being heard. */
export class TalkRecord {
  readonly heading: Omit<Talk, "forgotten">;
  readonly captions: Captions;
  readonly recording: Recording;
  #playout = new Playout();
  #heard: HeardClause | undefined;
  #timed = false;
  #lane: number;
  #lanes: Lanes;

  constructor(heading: Omit<Talk, "forgotten">, lanes: Lanes) {
    this.heading = heading;
    this.captions = new Captions(lanes);
    this.#lanes = lanes;
    this.#lane = firstTarget(lanes)?.lane ?? 1;
    const rate = firstTarget(lanes)?.rate ?? 16_000;
    this.recording = new Recording(rate, rate * recordingMs / 1000);
  }

  /** The clause that is being heard. */
  get heard(): HeardClause | undefined {
    return this.#heard;
  }

  /** The lane that is heard: the first target. */
  get lane(): number {
    return this.#lane;
  }

  /** Takes in what happened. */
  take(event: TalkEvent): void {
    switch (event.type) {
      case "audio":
        return this.#record(event);
      case "played":
        if (event.lane !== this.#lane) return;
        this.#heard = this.#playout.played(event.segment, event.position, event.done);
        return;
      case "lanes":
        this.#lanes = event.lanes;
        this.#listenTo(firstTarget(event.lanes)?.lane ?? this.#lane);
        return this.captions.take(event);
      case "timing":
        this.#timed = true;
        return this.captions.take(event);
      case "caption":
      case "segment":
      case "skipped":
        return this.captions.take(event);
      case "error":
        if (event.segment !== undefined) {
          this.captions.take({ type: "skipped", segment: event.segment, reason: "failed" });
        }
    }
  }

  /** Whether timings came since the last call. */
  takeTimed(): boolean {
    const timed = this.#timed;
    this.#timed = false;
    return timed;
  }

  /** Nothing more is heard. */
  silence(): void {
    this.#heard = undefined;
  }

  #listenTo(lane: number): void {
    if (lane === this.#lane) return;
    this.#lane = lane;
    this.#playout = new Playout();
    this.#heard = undefined;
  }

  #record({ lane, position, samples, timing }: Extract<TalkEvent, { type: "audio" }>): void {
    if (lane !== this.#lane) return;
    this.#playout.arrived(position, samples.length, timing?.segment);
    // The first lane decides the rate of the file; speech of another rate would play too fast or too slowly in it.
    if (this.#lanes.find((one) => one.lane === lane)?.rate !== this.recording.rate) return;
    if (timing) {
      const sourceRate = this.#lanes.find((one) => one.lane === 0)?.rate ?? 16_000;
      this.recording.begin(timing.end * 1000 / sourceRate + (timing.ttfabMs ?? 0));
    }
    this.recording.add(samples);
  }
}

function firstTarget(lanes: Lanes) {
  return lanes.find(({ lane }) => lane > 0);
}
