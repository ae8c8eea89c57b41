import { closestTag } from "../net/closest_tag.ts";
import type { WireEvent, WireWord } from "../net/recognizer_wire.ts";
import { estimatedWords, growingWords } from "../net/transcript_words.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { provider, type RealtimeMessage } from "./wire.ts";

/** The longest transcript of an item, in UTF-16 units, and how many items may be awaited: the limits of what a server may make us keep. */
const textLimit = 20_000;
const itemLimit = 64;

interface Item {
  id: string;
  startMs: number | undefined;
  endMs: number | undefined;
  isCommitted: boolean;
  text: string;
  whole: { readonly text: string; readonly language: string | undefined } | undefined;
}

/**
 * Puts the items of a session into the order in which they were spoken: their transcripts come in any order, and an item may begin while the ones before it
 * are still being transcribed. What returns events tells of the first item only.
 */
export class Items {
  readonly #languages: readonly LanguageTag[];
  /** Whether the server tells where speech begins: an item without is silence, whatever is heard in it. */
  readonly #tellsSpeech: boolean;
  /** Those whose transcripts are not told, in order. */
  readonly #items: Item[] = [];
  /** The last ones that were told, or are silence: what still comes of them is of no interest. */
  readonly #done: string[] = [];
  #isStarted = false;
  /** How many words of the first item were told. */
  #told = 0;

  constructor(languages: readonly LanguageTag[], tellsSpeech: boolean) {
    this.#languages = languages;
    this.#tellsSpeech = tellsSpeech;
  }

  /** How many are not told in full. */
  get untold(): number {
    return this.#items.length;
  }

  /** How many have been committed whose transcripts are still to come. */
  get awaited(): number {
    return this.#items.filter(({ isCommitted }) => isCommitted).length;
  }

  /** Takes what is said of an item. */
  take(message: Exclude<RealtimeMessage, { readonly type: "updated" | "cleared" | "failed" }>): WireEvent[] {
    const events: WireEvent[] = [];
    if (message.type === "completed" && message.usage) events.push({ type: "usage", ...message.usage });
    if (this.#done.includes(message.item)) return events;
    const known = this.#items.some(({ id }) => id === message.item);
    if (message.type === "committed" && !known && this.#tellsSpeech && !this.#rename(message.item)) {
      this.#finish(message.item);
      return events;
    }
    const item = this.#items.find(({ id }) => id === message.item) ??
      this.#add(message.item, message.type === "committed" ? message.after : undefined);
    switch (message.type) {
      case "started":
        item.startMs = message.atMs;
        break;
      case "stopped":
        item.endMs = message.atMs;
        break;
      case "committed":
        item.isCommitted = true;
        break;
      case "delta":
        item.text += message.text;
        break;
      case "completed":
        item.whole = message;
        break;
    }
    if (Math.max(item.text.length, item.whole?.text.length ?? 0) > textLimit) {
      throw new PipelineError(
        "internal",
        `Cannot use ${provider}: an item has more than ${textLimit} characters`,
      );
    }
    return [...events, ...this.#tell()];
  }

  #add(id: string, after: string | undefined): Item {
    if (this.#items.length >= itemLimit) {
      throw new PipelineError(
        "internal",
        `Cannot use ${provider}: more than ${itemLimit} items are not transcribed`,
      );
    }
    const item: Item = {
      id,
      startMs: undefined,
      endMs: undefined,
      isCommitted: false,
      text: "",
      whole: undefined,
    };
    const before = this.#items.findIndex((other) => other.id === after);
    // Nothing goes before an item of which something was told.
    this.#items.splice(before < 0 ? this.#items.length : before + 1, 0, item);
    return item;
  }

  /** Speech that is committed before it has stopped may get another name. */
  #rename(id: string): boolean {
    const open = this.#items.find(({ isCommitted, endMs }) => !isCommitted && endMs === undefined);
    if (!open) return false;
    this.#finish(open.id);
    open.id = id;
    return true;
  }

  #finish(id: string): void {
    this.#done.push(id);
    if (this.#done.length > itemLimit) this.#done.shift();
  }

  #tell(): WireEvent[] {
    const events: WireEvent[] = [];
    for (let first = this.#items[0]; first; first = this.#items[0]) {
      if (!this.#isStarted && this.#tellsSpeech) {
        this.#isStarted = true;
        events.push({ type: "started", ...(first.startMs === undefined ? {} : { atMs: first.startMs }) });
      }
      if (!first.whole) return [...events, ...this.#growing(first)];
      events.push(...this.#whole(first, first.whole));
      this.#items.shift();
      this.#finish(first.id);
      this.#isStarted = false;
      this.#told = 0;
    }
    return events;
  }

  #growing(item: Item): WireEvent[] {
    if (item.text.trim() === "") return [];
    const words = this.#place(item, item.text, growingWords);
    // The last word may go on.
    const ready = Math.max(this.#told, words.length - 1);
    const append = words.slice(this.#told, ready);
    this.#told = ready;
    return [{ type: "heard", append, tentative: words.slice(ready) }];
  }

  #whole(
    item: Item,
    { text, language }: { readonly text: string; readonly language: string | undefined },
  ): WireEvent[] {
    // What was told stays, whatever the whole is.
    const agrees = text.trim().startsWith(item.text.trim());
    const words = this.#place(item, agrees ? text : item.text, estimatedWords);
    const found = language === undefined ? undefined : closestTag(language, this.#languages);
    const atMs = item.endMs === undefined ? {} : { atMs: item.endMs };
    return [
      {
        type: "heard",
        append: words.slice(this.#told),
        tentative: [],
        ...(found === undefined ? {} : { language: found }),
        ...(item.endMs === undefined ? {} : { settledMs: item.endMs }),
      },
      { type: "ended", ...atMs },
    ];
  }

  /** The words, with times where it is known where the item begins and ends. */
  #place(
    { startMs, endMs }: Item,
    text: string,
    words: typeof estimatedWords,
  ): readonly WireWord[] {
    if (startMs === undefined || endMs === undefined) {
      return text.split(/\s+/).filter((word) => word !== "").map((text) => ({ text }));
    }
    return words(text, { startMs, endMs: Math.max(startMs, endMs) });
  }
}
