import { type Clause, noText } from "./clause.ts";
import type { TalkEvent } from "./talk_event.ts";

/** So many clauses are kept, more than four hours of talk; then the oldest go. */
export const CLAUSE_LIMIT = 5_000;

type Told = Extract<TalkEvent, { type: "caption" | "segment" | "timing" | "skipped" | "lanes" }>;

/** Puts together what a session tells of a talk, clause by clause. Clauses are values: one that changed is another object. */
export class Captions {
  readonly #sourceRate: number;
  readonly #clauses = new Map<number, Clause>();
  readonly #changed = new Set<number>();
  #languages: ReadonlyMap<number, string>;
  #forgotten = 0;

  /**
   * @param lanes the source, which is lane 0, and the targets.
   * @param limit how many clauses are kept.
   */
  constructor(
    lanes: readonly { readonly lane: number; readonly language: string; readonly rate: number }[],
    readonly limit = CLAUSE_LIMIT,
  ) {
    this.#sourceRate = lanes.find(({ lane }) => lane === 0)?.rate ?? 16_000;
    this.#languages = languagesOf(lanes);
  }

  /** The clauses in order; the last ones are still being heard. */
  get clauses(): Clause[] {
    return [...this.#clauses.values()].sort((one, other) => one.segment - other.segment);
  }

  /** How many clauses there are. */
  get size(): number {
    return this.#clauses.size;
  }

  /** How many clauses went because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The clause of this number, if there is one. */
  clause(segment: number): Clause | undefined {
    return this.#clauses.get(segment);
  }

  /** The numbers of the clauses that changed since the last call, in order; one that is gone was taken back. */
  takeChanges(): number[] {
    const changes = [...this.#changed].sort((one, other) => one - other);
    this.#changed.clear();
    return changes;
  }

  /** Takes in what happened. */
  take(event: Told): void {
    switch (event.type) {
      case "lanes":
        this.#languages = languagesOf(event.lanes);
        return;
      case "caption": {
        const { lane, segment, stable, tentative, final } = event;
        const text = { stable, tentative, final };
        if (lane > 0) return this.#change(segment, { target: text, targetLanguage: this.#languageOf(lane) });
        const clause = this.#clauses.get(segment);
        if (stable === "" && tentative === "" && !clause?.place) return this.#drop(segment);
        return this.#change(segment, { source: text });
      }
      case "segment": {
        const msOf = (position: number) => Math.round(position * 1000 / this.#sourceRate);
        return this.#change(event.segment, {
          place: { startMs: msOf(event.start), endMs: msOf(event.end) },
          source: { stable: event.text, tentative: "", final: true },
        });
      }
      case "timing":
        return this.#change(event.segment, { timing: event });
      case "skipped":
        return this.#change(event.segment, { skipped: event.reason });
    }
  }

  #languageOf(lane: number): string {
    return this.#languages.get(lane) ?? "";
  }

  #change(segment: number, change: Partial<Clause>): void {
    const known = this.#clauses.get(segment);
    if (!known && this.#clauses.size >= this.limit) this.#forgetOldest();
    const empty = { segment, source: noText, target: noText, targetLanguage: "" };
    this.#clauses.set(segment, { ...(known ?? empty), ...change });
    this.#changed.add(segment);
  }

  #drop(segment: number): void {
    if (this.#clauses.delete(segment)) this.#changed.add(segment);
  }

  #forgetOldest(): void {
    const oldest = Math.min(...this.#clauses.keys());
    this.#drop(oldest);
    this.#forgotten += 1;
  }
}

function languagesOf(lanes: readonly { readonly lane: number; readonly language: string }[]) {
  return new Map(lanes.map(({ lane, language }) => [lane, language]));
}
