import type { ClientEvent } from "../client/event.ts";
import type { Caption, Lane, Timing } from "../protocol/server_message.ts";

/** A text as far as it is known: the beginning that stays, and the rest that may change. */
export interface GrowingText {
  readonly stable: string;
  readonly tentative: string;
  readonly final: boolean;
}

/** A clause in one of the target languages. */
export interface Translated {
  readonly lane: number;
  readonly language: string;
  text: GrowingText;
  /** How long it took; `undefined` while it is not spoken, or when it never is. */
  timing: Timing | undefined;
  /** Why it is not spoken, in a word. */
  skipped: string | undefined;
}

/** A clause of the talk with everything that came of it. */
export interface Clause {
  /** Its number. */
  readonly segment: number;
  text: GrowingText;
  /** Its place in the recording; `undefined` until it is complete. */
  place: { readonly startMs: number; readonly endMs: number } | undefined;
  /** In the order of the lanes. */
  readonly translations: readonly Translated[];
}

const nothing: GrowingText = { stable: "", tentative: "", final: false };

/** Puts together what a session tells of a talk, clause by clause. */
export class Transcript {
  readonly #lanes: readonly Lane[];
  readonly #sourceRate: number;
  readonly #clauses = new Map<number, Clause>();
  /** By lane, the segment up to which nothing more comes. */
  readonly #complete = new Map<number, number>();
  /** By lane, the segment that is being spoken. */
  readonly #speaking = new Map<number, number>();

  /** @param lanes the source, which is lane 0, and the targets. */
  constructor(lanes: readonly Lane[]) {
    this.#lanes = lanes.filter(({ lane }) => lane > 0);
    this.#sourceRate = lanes.find(({ lane }) => lane === 0)?.rate ?? 16_000;
  }

  /** The clauses that are not complete in every language, in order; the last ones are still being heard. */
  get growing(): Clause[] {
    return [...this.#clauses.values()].sort((one, other) => one.segment - other.segment);
  }

  /** Takes in what happened; returns the clauses that are complete now, in order. */
  take(event: ClientEvent): Clause[] {
    switch (event.type) {
      case "caption":
        this.#setText(event);
        return [];
      case "segment": {
        const clause = this.#clause(event.segment);
        const msOf = (position: number) => position * 1000 / this.#sourceRate;
        clause.place = { startMs: msOf(event.start), endMs: msOf(event.end) };
        clause.text = { stable: event.text, tentative: "", final: true };
        return [];
      }
      case "audio":
        if (event.timing) {
          this.#speaking.set(event.lane, event.timing.segment);
          this.#completeTo(event.lane, event.timing.segment - 1);
        }
        return this.#completed();
      case "timing": {
        const translated = this.#translated(event.lane, event.segment);
        if (translated) translated.timing = event;
        this.#completeTo(event.lane, event.segment);
        return this.#completed();
      }
      case "skipped":
        return this.#skip(event.lane, event.segment, event.reason);
      case "error":
        if (event.lane === undefined || event.segment === undefined) return [];
        return this.#skip(event.lane, event.segment, "failed");
      case "cancelled":
        this.#completeTo(event.lane, event.through);
        return this.#completed();
      default:
        return [];
    }
  }

  /** Which segment the audio of a lane belongs to. */
  speaking(lane: number): number | undefined {
    return this.#speaking.get(lane);
  }

  /** Nothing more comes: returns the clauses that are left, as far as they came. */
  finish(): Clause[] {
    const rest = this.growing.filter(({ place }) => place !== undefined);
    this.#clauses.clear();
    return rest;
  }

  #setText({ lane, segment, stable, tentative, final }: Caption): void {
    if (segment <= this.#completeEverywhere()) return;
    const text = { stable, tentative, final };
    if (lane === 0) {
      const clause = this.#clause(segment);
      clause.text = text;
      if (stable === "" && tentative === "" && !clause.place) this.#clauses.delete(segment);
    } else {
      const translated = this.#translated(lane, segment);
      if (translated) translated.text = text;
    }
  }

  #skip(lane: number, segment: number, reason: string): Clause[] {
    const translated = this.#translated(lane, segment);
    if (translated) translated.skipped ??= reason;
    this.#completeTo(lane, segment);
    return this.#completed();
  }

  #clause(segment: number): Clause {
    let clause = this.#clauses.get(segment);
    if (!clause) {
      clause = {
        segment,
        text: nothing,
        place: undefined,
        translations: this.#lanes.map(({ lane, language }) => ({
          lane,
          language,
          text: nothing,
          timing: undefined,
          skipped: undefined,
        })),
      };
      this.#clauses.set(segment, clause);
    }
    return clause;
  }

  #translated(lane: number, segment: number): Translated | undefined {
    return this.#clauses.get(segment)?.translations.find((one) => one.lane === lane);
  }

  /** Lanes speak in order: what comes of one segment ends those before it. */
  #completeTo(lane: number, segment: number): void {
    this.#complete.set(lane, Math.max(segment, this.#complete.get(lane) ?? 0));
  }

  #completeEverywhere(): number {
    return Math.min(...this.#lanes.map(({ lane }) => this.#complete.get(lane) ?? 0));
  }

  #completed(): Clause[] {
    const to = this.#completeEverywhere();
    const completed = this.growing.filter(({ segment, place }) => segment <= to && place !== undefined);
    for (const { segment } of completed) this.#clauses.delete(segment);
    return completed;
  }
}
