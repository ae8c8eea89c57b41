import type { Format } from "./audio.ts";
import { type LanguageTag, sameLanguage } from "./language.ts";
import type { LanguagePair, OwnTarget, RecognizerTraits } from "./ports.ts";

/** What a session wants, as far as it decides what its recognizer serves itself. */
export interface OwnTargetWish {
  readonly source: LanguageTag;
  readonly targets: readonly LanguageTag[];
  /** What the listener can take, best first. */
  readonly outputs: readonly Format[];
}

/** The targets that a recognizer is to serve itself: those it speaks, then those it translates, the first ones up to what it can have at once. */
export function ownTargets(
  { source, targets, outputs }: OwnTargetWish,
  { translates, speaks }: Pick<RecognizerTraits, "translates" | "speaks">,
): readonly OwnTarget[] {
  if (!translates && !speaks) return [];
  const speech = outputs.find((format) => speaks?.formats.some((given) => sameFormat(given, format)));
  const spoken = !speaks || !speech
    ? []
    : targets.filter((target) => serves(speaks.pairs, source, target)).slice(0, speaks.atOnce);
  const written = targets.filter((target) =>
    !spoken.includes(target) && translates && serves(translates.pairs, source, target)
  ).slice(0, Math.max(0, (translates?.atOnce ?? 0) - spoken.length));
  return targets.flatMap((target) => {
    if (speech && spoken.includes(target)) return [{ target, speech }];
    return written.includes(target) ? [{ target }] : [];
  });
}

/** Whether both say the same about audio. */
export function sameFormat(one: Format, other: Format): boolean {
  return one.codec === other.codec && one.rate === other.rate;
}

/** Whether one of the pairs leads from the source to the target. */
export function serves(pairs: readonly LanguagePair[], source: LanguageTag, target: LanguageTag): boolean {
  return pairs.some((pair) => sameLanguage(pair.source, source) && sameLanguage(pair.target, target));
}
