import type { LanguageTag } from "../../pipeline/language.ts";
import { isUnspaced } from "../../pipeline/stages/text.ts";
import type { WireWord } from "../net/recognizer_wire.ts";

/** A piece of text as Soniox recognises it: a word, part of one, a mark or a space. */
export interface Token {
  /** With the spaces that belong to it; not empty. */
  readonly text: string;
  /** On the clock of the stream, in ms; some tokens have none. */
  readonly startMs?: number;
  readonly endMs?: number;
  readonly final: boolean;
}

/** The words that tokens make. */
export interface TokenWords {
  /** Those that no later token can change or add to. */
  readonly settled: readonly WireWord[];
  /** Those that follow. */
  readonly open: readonly WireWord[];
  /** The final tokens that these are made of: they come before the next ones. */
  readonly rest: readonly Token[];
}

/** Words of scripts that put spaces between them, within a language that does not. */
const spacedScript = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;
const spacedScriptEnd = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]$/u;
const markOnly = /^[\p{P}\p{S}\p{M}]+$/u;

/**
 * Joins tokens into words: the spaces within their texts part the words, whatever the tokens' bounds. In a language that is written without
 * spaces each token is a word of its own, but for marks, which go to the word before. A word is settled when it and the beginning of the next
 * are final: until then another token may add to it.
 */
export function joinTokens(tokens: readonly Token[], language: LanguageTag): TokenWords {
  const unspaced = isUnspaced(language);
  const words: WireWord[] = [];
  let word: WireWord | undefined;
  let settled = 0;
  /** Where the words begin that are not settled: a token and a place in its text. */
  let open = { index: 0, at: 0 };

  for (const [index, token] of tokens.entries()) {
    for (const { 0: part, index: at } of token.text.matchAll(/\s+|\S+/g)) {
      const parted = part.trim() === "" ||
        word && unspaced && at === 0 && !markOnly.test(part) &&
          !(spacedScriptEnd.test(word.text) && spacedScript.test(part));
      if (parted) {
        if (word) words.push(word);
        word = undefined;
        if (token.final) {
          settled = words.length;
          open = { index, at };
        }
      }
      if (part.trim() !== "") word = extended(word, token, at, part);
    }
  }
  if (word) words.push(word);
  const rest = tokens.slice(open.index).filter((token) => token.final);
  if (open.at > 0) rest[0] = from(rest[0]!, open.at);
  return { settled: words.slice(0, settled), open: words.slice(settled), rest };
}

/** The word with a part of a token added, or a new one. The parts of a token share its time out. */
function extended(word: WireWord | undefined, token: Token, at: number, part: string): WireWord {
  const { text, startMs, endMs } = token;
  const whole = part.length === text.trim().length;
  const partMs = (place: number) => startMs! + (endMs! - startMs!) * place / text.length;
  const time = startMs === undefined || endMs === undefined
    ? undefined
    : whole
    ? { startMs, endMs }
    : { startMs: partMs(at), endMs: partMs(at + part.length), timing: "estimated" as const };
  if (!word) return { text: part, ...time };
  const { startMs: _, endMs: __, ...timeless } = word;
  const known = time && word.startMs !== undefined;
  return { ...(known ? { ...word, ...time, startMs: word.startMs } : timeless), text: word.text + part };
}

/** What is left of a token from a place in its text on. */
function from(token: Token, at: number): Token {
  if (at === 0) return token;
  const { text, startMs, endMs } = token;
  const later = startMs === undefined || endMs === undefined
    ? {}
    : { startMs: startMs + (endMs - startMs) * at / text.length };
  return { ...token, ...later, text: text.slice(at) };
}
