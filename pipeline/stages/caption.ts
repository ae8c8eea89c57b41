/**
 * The text of one segment in one language, as numbered revisions. Tentative text is replaced; stable text only grows, except that words move on
 * to the next segment when an overlong clause is cut.
 */
export interface Caption {
  readonly type: "caption";
  readonly lane: number;
  readonly segment: number;
  readonly revision: number;
  readonly stable: string;
  readonly tentative: string;
  readonly final: boolean;
}

/** Makes the captions of one lane; says nothing when nothing changed. */
export class Captioner {
  readonly #lane: number;
  #segment = 0;
  #revision = 0;
  #stable = "";
  #tentative = "";

  constructor(lane: number) {
    this.#lane = lane;
  }

  /** A segment whose text is not complete. */
  partial(segment: number, stable: string, tentative: string): Caption | undefined {
    if (segment === this.#segment && stable === this.#stable && tentative === this.#tentative) {
      return undefined;
    }
    if (segment !== this.#segment && stable === "" && tentative === "") return undefined;
    return this.#make(segment, stable, tentative, false);
  }

  /** A segment whose text is complete. */
  final(segment: number, text: string): Caption {
    return this.#make(segment, text, "", true);
  }

  #make(segment: number, stable: string, tentative: string, final: boolean): Caption {
    this.#revision = segment === this.#segment ? this.#revision + 1 : 1;
    this.#segment = segment;
    this.#stable = stable;
    this.#tentative = tentative;
    return { type: "caption", lane: this.#lane, segment, revision: this.#revision, stable, tentative, final };
  }
}
