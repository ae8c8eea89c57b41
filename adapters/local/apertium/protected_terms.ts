import type { Glossary } from "../../../pipeline/ports.ts";

/** A text in which the terms of a glossary stand as words that no dictionary has and that pass through the translation as they are. */
export interface ProtectedText {
  readonly text: string;
  /** The translation with the terms as the glossary has them; `undefined` when one of them did not come through just once. */
  restore(translation: string): string | undefined;
}

/** Protects the terms of the glossary that occur in the text as whole words, whatever their case, the longest first. */
export function protectTerms(text: string, glossary: Glossary): ProtectedText {
  const terms = Object.keys(glossary).filter((term) => term.trim() !== "")
    .sort((one, other) => other.length - one.length);
  if (terms.length === 0) return { text, restore: (translation) => translation };
  const targets = new Map(terms.map((term) => [term.toLowerCase(), glossary[term]!]));
  const pattern = terms.map((term) => term.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|");
  const placed: { readonly stand: string; readonly target: string }[] = [];
  const marked = text.replaceAll(
    new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, "giu"),
    (found) => {
      const target = targets.get(found.toLowerCase());
      if (target === undefined) return found;
      const stand = standIn(placed.length);
      placed.push({ stand, target });
      return stand;
    },
  );
  return {
    text: marked,
    restore(translation) {
      let restored = translation;
      for (const { stand, target } of placed) {
        const parts = restored.split(stand);
        if (parts.length !== 2) return undefined;
        restored = parts.join(target);
      }
      return restored;
    },
  };
}

/** `Qxzjaa`, `Qxzjab` and so on: letters only, of one length, so that none is part of another. */
function standIn(index: number): string {
  const letter = (value: number) => String.fromCharCode(97 + value % 26);
  return `Qxzj${letter(Math.floor(index / 26))}${letter(index)}`;
}
