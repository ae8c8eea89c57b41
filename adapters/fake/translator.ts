import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type {
  Glossary,
  Translation,
  TranslationEvent,
  TranslationRequest,
  Translator,
  TranslatorTraits,
} from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { type Fault, Faults } from "./fault.ts";
import { fakeLanguages } from "./languages.ts";

/** What {@linkcode FakeTranslatorOptions.translate} is told about a request. */
export interface FakeTranslationContext {
  readonly source: LanguageTag;
  readonly target: LanguageTag;
  readonly glossary: Glossary;
  readonly request: TranslationRequest;
}

/** A failure while a segment is translated. */
export interface TranslationFault extends Fault {
  /** Only while this segment is translated; any when absent. */
  readonly segment?: number;
  /** After so many pieces of the translation; 0 by default. */
  readonly afterPieces?: number;
}

/** Options of {@linkcode fakeTranslator}. */
export interface FakeTranslatorOptions {
  readonly name?: string;
  /** By default all pairs of eight languages. */
  readonly pairs?: TranslatorTraits["pairs"];
  /** Gives the whole translation; {@linkcode markWords} by default. */
  readonly translate?: (text: string, context: FakeTranslationContext) => string;
  /** From the request to the first piece; 0 by default. */
  readonly delayMs?: number;
  /** Added before every piece, which is a word; 0 by default. */
  readonly wordDelayMs?: number;
  /** What the delays run on; the machine's time by default. */
  readonly clock?: Clock;
  readonly faults?: readonly TranslationFault[];
  readonly openFaults?: readonly Fault[];
}

/** Marks every word with the target language, `house` as `es:house`; a word of the glossary becomes what the glossary says. */
export function markWords(text: string, { target, glossary }: FakeTranslationContext): string {
  return text.replaceAll(
    /\S+/g,
    (word) => Object.hasOwn(glossary, word) ? glossary[word]! : `${target}:${word}`,
  );
}

const allPairs = fakeLanguages.flatMap((source) =>
  fakeLanguages.filter((target) => target !== source).map((target) => ({ source, target }))
);

/** A translator that knows no language: it marks the words, or does what it is told, and gives the result word by word. */
export function fakeTranslator(options: FakeTranslatorOptions = {}): Owned<Translator> {
  const name = options.name ?? "fake";
  const pairs = options.pairs ?? allPairs;
  const lifetime = new Lifetime(`translator ${name}`);
  const openFaults = new Faults(options.openFaults);
  const faults = new Faults(options.faults);
  return {
    name,
    traits: { pairs },
    async open({ source, target, glossary, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      using either = lifetime.link(signal);
      await openFaults.playNext(() => true, `Cannot open ${name}`, either.signal);
      if (!pairs.some((pair) => sameLanguage(pair.source, source) && sameLanguage(pair.target, target))) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot translate from ${source} to ${target}: not a known pair`,
        );
      }
      return fakeTranslation(options, { name, source, target, glossary, faults, engine: lifetime });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function fakeTranslation(
  options: FakeTranslatorOptions,
  { name, source, target, glossary, faults, engine }: {
    name: string;
    source: LanguageTag;
    target: LanguageTag;
    glossary: Glossary;
    faults: Faults<TranslationFault>;
    engine: Lifetime;
  },
): Translation {
  const { translate = markWords, delayMs = 0, wordDelayMs = 0, clock = systemClock } = options;
  const lifetime = new Lifetime(`translation of ${name}`);

  async function* stream(request: TranslationRequest, outer: AbortSignal): AsyncGenerator<TranslationEvent> {
    engine.check();
    lifetime.check();
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    if (delayMs > 0) await clock.sleep(delayMs, signal);
    const pieces = translate(request.text, { source, target, glossary, request }).match(/\s*\S+\s*/g) ?? [];
    const playFault = (done: number) =>
      faults.playNext(
        ({ segment, afterPieces = 0 }) =>
          (segment ?? request.segment) === request.segment && afterPieces === done,
        `Cannot translate with ${name}`,
        signal,
      );
    await playFault(0);
    for (const [index, text] of pieces.entries()) {
      if (wordDelayMs > 0) await clock.sleep(wordDelayMs, signal);
      signal.throwIfAborted();
      yield { type: "append", text };
      await playFault(index + 1);
    }
    signal.throwIfAborted();
    yield { type: "usage", characters: request.text.length };
  }

  return {
    translate: stream,
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}
