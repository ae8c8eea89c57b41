import { canonicalTag, type LanguageTag, matchTag, sameLanguage } from "../../../pipeline/language.ts";

/** An installed translation from one language into another. */
export interface Mode {
  /** As Apertium calls it: `eng-spa`. */
  readonly name: string;
  readonly source: LanguageTag;
  readonly target: LanguageTag;
}

const middle: LanguageTag = "es";

/** What the names of mode files say: `eng-spa.mode` is English to Spanish, `spa-eng_US.mode` Spanish to American English. */
export function modesOf(fileNames: Iterable<string>): Mode[] {
  const modes: Mode[] = [];
  for (const fileName of [...fileNames].sort()) {
    const match = /^([a-z]{2,3})-([a-z]{2,3}(?:_[A-Za-z]+)?)\.mode$/.exec(fileName);
    // The canonical tag of a three-letter code is the two-letter one.
    const source = match && canonicalTag(match[1]!);
    const target = match && canonicalTag(match[2]!.replace("_", "-"));
    if (source && target) modes.push({ name: fileName.slice(0, -".mode".length), source, target });
  }
  return modes;
}

/**
 * The modes to use one after the other: a direct one, else two that meet, in Spanish if they can, as most pairs of Apertium have Spanish
 * at one end. Empty when there is no way.
 */
export function findPath(modes: readonly Mode[], source: LanguageTag, target: LanguageTag): readonly Mode[] {
  const direct = findMode(modes, source, target);
  if (direct) return [direct];
  const starts = modes.filter((mode) => sameLanguage(mode.source, source));
  const between = starts.map((mode) => mode.target)
    .sort((one, other) => Number(sameLanguage(other, middle)) - Number(sameLanguage(one, middle)));
  for (const tag of between) {
    const second = findMode(modes, tag, target);
    if (second) return [findMode(starts, source, second.source)!, second];
  }
  return [];
}

function findMode(modes: readonly Mode[], source: LanguageTag, target: LanguageTag): Mode | undefined {
  const candidates = modes.filter((mode) => sameLanguage(mode.source, source));
  const tag = matchTag(target, candidates.map((mode) => mode.target));
  return candidates.find((mode) => mode.target === tag);
}

/** Every pair that there is a path for. */
export function pairsOf(modes: readonly Mode[]): { source: LanguageTag; target: LanguageTag }[] {
  const sources = [...new Set(modes.map((mode) => mode.source))];
  const targets = [...new Set(modes.map((mode) => mode.target))];
  return sources.flatMap((source) =>
    targets.filter((target) => !sameLanguage(source, target) && findPath(modes, source, target).length > 0)
      .map((target) => ({ source, target }))
  );
}
