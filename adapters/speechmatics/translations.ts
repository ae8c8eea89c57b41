import { type LanguageTag, primarySubtag } from "../../pipeline/language.ts";
import type { LanguagePair } from "../../pipeline/ports.ts";
import { isUnspaced } from "../../pipeline/stages/text.ts";
import type { WireTranslated } from "../net/recognizer_wire.ts";
import { codeOf, type SpeechmaticsMessage } from "./wire.ts";

/** How many targets a session may have. */
export const targetsLimit = 5;
/** What Speechmatics translates from English, and into it (https://docs.speechmatics.com/speech-to-text/features/translation#languages). */
const translated: ReadonlySet<LanguageTag> = new Set(
  "bg,ca,zh,cs,da,de,el,es,et,fi,fr,gl,hi,hr,hu,id,it,ja,ko,lt,lv,ms,nl,nb,pl,pt,ro,ru,sk,sl,sv,tr,uk,vi"
    .split(","),
);

/** What Speechmatics translates of what it hears. */
export function translatedPairs(languages: readonly LanguageTag[]): readonly LanguagePair[] {
  return languages.flatMap((source) => {
    const language = primarySubtag(source);
    if (language === "en") return [...translated].map((target) => ({ source, target }));
    return translated.has(language) ? [{ source, target: "en" }] : [];
  });
}

/** How far the ends of a sentence and of its translation may differ, in ms. */
const roundingMs = 50;

interface Target {
  readonly target: LanguageTag;
  readonly space: string;
  /** Up to where it is translated, in ms of the session. */
  toMs: number;
  tentative: string;
}

/**
 * The translations of one session, each sentence once and in order: one that comes again, in other words or after its successor is left out, as what was
 * said stays. Synchronous.
 */
export class Translations {
  readonly #targets: readonly Target[];

  constructor(targets: readonly LanguageTag[]) {
    this.#targets = targets.map((target) => ({
      target,
      space: isUnspaced(target) ? "" : " ",
      toMs: 0,
      tentative: "",
    }));
  }

  /** What Speechmatics calls the targets. */
  get codes(): readonly string[] {
    return [...new Set(this.#targets.map(({ target }) => codeOf(target)))];
  }

  /** Whether all that was said up to here, in ms, is translated into every target. */
  reach(ms: number): boolean {
    return this.#targets.every(({ toMs }) => toMs >= ms - roundingMs);
  }

  /** What a message adds. */
  read(message: Extract<SpeechmaticsMessage, { type: "translation" }>): WireTranslated[] {
    const meant = this.#targets.filter(({ target }) => codeOf(target) === message.language);
    return meant.flatMap((one) => message.final ? [...add(one, message)] : show(one, message));
  }
}

type Sentences = Pick<Extract<SpeechmaticsMessage, { type: "translation" }>, "sentences">;

function* add(one: Target, { sentences }: Sentences): Generator<WireTranslated> {
  const { target, space } = one;
  const event = { type: "translated", target, tentative: "" } as const;
  for (const { text, startMs, ...sentence } of sentences) {
    const endMs = Math.max(startMs, sentence.endMs);
    if ((startMs + endMs) / 2 <= one.toMs) continue;
    if (text !== "") {
      // What lies between two sentences may be one whose translation is missing.
      if (startMs > one.toMs) yield { ...event, append: "", toMs: startMs };
      yield { ...event, append: space + text, toMs: endMs };
      one.tentative = "";
    }
    one.toMs = Math.max(one.toMs, endMs);
  }
}

function show(one: Target, { sentences }: Sentences): WireTranslated[] {
  const { target, space } = one;
  const open = sentences.filter(({ text, endMs }) => text !== "" && endMs > one.toMs);
  const tentative = open.map(({ text }) => space + text).join("");
  if (tentative === one.tentative) return [];
  one.tentative = tentative;
  return [{ type: "translated", target, append: "", tentative }];
}
