import { PipelineError } from "../../pipeline/error.ts";
import { sameLanguage } from "../../pipeline/language.ts";
import type {
  Translation,
  TranslationEvent,
  TranslationRequest,
  TranslatorOptions,
  TranslatorTraits,
} from "../../pipeline/ports.ts";
import type { Answering } from "./answering.ts";
import { JoinedTranslation } from "./joined_translation.ts";

/** The types of translators. */
export interface Translations {
  readonly traits: TranslatorTraits;
  readonly options: TranslatorOptions;
  readonly session: Translation;
  readonly request: TranslationRequest;
  readonly event: TranslationEvent;
}

/** Translators, as engines that answer. */
export const translating: Answering<Translations> = {
  stage: "mt",
  ask: (session, request, signal) => session.translate(request, signal),
  session: (_, translate, end) => ({ translate, [Symbol.asyncDispose]: end }),
  isResult: (event) => event.type === "append" && event.text !== "",
  acquiredOf: (event) => event.type === "acquired" ? event : undefined,
  usageOf: (event) => event.type === "usage" ? event : undefined,
  noteGiven: (_, note) => note(),
  joining: () => (request) => new JoinedTranslation(request),
  // Digits are the same in every language.
  probe: () => ({ segment: 0, text: "1, 2, 3.", history: [] }),
  probeOptions: ({ source, target }) => ({ source, target, glossary: {} }),
  anyOptions: ({ pairs: [pair] }) => pair && { ...pair, glossary: {} },
  together: (traits) => ({ pairs: distinct(traits.flatMap(({ pairs }) => pairs)) }),
  cast(traits, options) {
    const cast = traits.flatMap(({ pairs }, index) =>
      pairs.some((pair) => serves(pair, options)) ? [{ index, options }] : []
    );
    if (cast.length > 0) return cast;
    const { source, target } = options;
    throw new PipelineError(
      "unsupported_language",
      `Cannot translate from ${source} to ${target}: no engine knows the pair`,
    );
  },
};

type Pair = TranslatorTraits["pairs"][number];

function serves(pair: Pair, { source, target }: TranslatorOptions): boolean {
  return sameLanguage(pair.source, source) && sameLanguage(pair.target, target);
}

function distinct(pairs: readonly Pair[]): readonly Pair[] {
  return [...new Map(pairs.map((pair) => [`${pair.source}>${pair.target}`, pair])).values()];
}
