import type { Word } from "../../pipeline/ports.ts";
import type { HeardOfSource } from "./heard_report.ts";
import type { WireHeard } from "./recognizer_wire.ts";
import type { SourceMap } from "./source_map.ts";
import { WordTimes } from "./word_times.ts";

/** Turns the times of a connection into places in the source. */
export class SourceTimes {
  readonly #map: SourceMap;
  readonly #words = new WordTimes();
  /** The tentative words that were placed last, and where; audio had been sent up to `sentMs`. */
  #placed: { readonly words: readonly Word[]; readonly onSource: readonly Word[]; readonly sentMs: number } =
    {
      words: [],
      onSource: [],
      sentMs: 0,
    };

  constructor(map: SourceMap) {
    this.#map = map;
  }

  /** Where somebody began to speak; `sentMs` is how much audio had been sent when that was told. */
  started({ atMs }: { readonly atMs?: number }, sentMs: number): number | undefined {
    if (atMs === undefined) return undefined;
    this.#words.started(atMs);
    return this.position(Math.min(atMs, sentMs), "begins");
  }

  /** What was heard, with times for the words that have none. */
  heard({ append, tentative, toMs, settledMs, language }: WireHeard, sentMs: number): HeardOfSource {
    const heardMs = Math.min(toMs ?? sentMs, sentMs);
    const placed = this.#words.place(append, tentative, heardMs);
    return {
      append: placed.append.map(this.#onSource),
      tentative: this.#again(placed.tentative, sentMs),
      heardTo: this.position(heardMs, "ends"),
      settledTo: settledMs === undefined ? undefined : this.position(Math.min(settledMs, sentMs), "ends"),
      language,
    };
  }

  /** Where an utterance is over. */
  ended({ atMs }: { readonly atMs?: number }): number | undefined {
    this.#words.ended();
    return atMs === undefined ? undefined : this.position(atMs, "ends");
  }

  /** A moment of the connection on the source's clock, in samples. */
  position(ms: number, side: "begins" | "ends"): number {
    return Math.round(this.#map.positionAt(ms, side));
  }

  /** What is tentative is told again and again, and most of it is the same. */
  #again(words: readonly Word[], sentMs: number): readonly Word[] {
    const before = this.#placed;
    const onSource = words.map((word, index) =>
      word === before.words[index] && word.endMs <= before.sentMs
        ? before.onSource[index]!
        : this.#onSource(word)
    );
    this.#placed = { words, onSource, sentMs };
    return onSource;
  }

  readonly #onSource = (word: Word): Word => {
    const startMs = this.#ms(word.startMs, "begins");
    return { ...word, startMs, endMs: Math.max(startMs, this.#ms(word.endMs, "ends")) };
  };

  #ms(ms: number, side: "begins" | "ends"): number {
    return this.#map.positionAt(ms, side) * 1000 / this.#map.rate;
  }
}
