/** What the service can interpret, as `GET /v1/languages` says it. */
export interface Capabilities {
  readonly pairs: readonly { readonly source: string; readonly target: string }[];
  readonly engines: { readonly stt: string; readonly mt: string; readonly tts: string };
}

/** The languages that can be spoken. */
export function sourcesOf({ pairs }: Capabilities): string[] {
  return [...new Set(pairs.map(({ source }) => source))];
}

/** The languages that `source` can be interpreted into. */
export function targetsOf({ pairs }: Capabilities, source: string): string[] {
  return [...new Set(pairs.filter((pair) => pair.source === source).map(({ target }) => target))];
}

/** The pair that is nearest to what was chosen before: the same, else one of the same source, else the first. */
export function choosePair(
  { pairs }: Capabilities,
  wanted: { readonly source: string; readonly target: string },
): { readonly source: string; readonly target: string } | undefined {
  return pairs.find(({ source, target }) => source === wanted.source && target === wanted.target) ??
    pairs.find(({ source }) => source === wanted.source) ??
    pairs[0];
}

/** Reads the service's answer; `undefined` when it is no such thing. */
export function readCapabilities(answer: unknown): Capabilities | undefined {
  const { pairs, engines } = answer as Partial<Capabilities>;
  const named = (value: unknown) => typeof value === "string";
  const fits = Array.isArray(pairs) && pairs.every((pair) => named(pair?.source) && named(pair?.target)) &&
    named(engines?.stt) && named(engines?.mt) && named(engines?.tts);
  return fits ? { pairs, engines: engines! } : undefined;
}

/** The name of a language as it stands in a sentence of another one: `es` is `Spanish` in `en`, `español` in `es`. */
export function languageName(tag: string, inLanguage: string): string {
  try {
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The same as it stands alone: `Español`. */
export function languageTitle(tag: string, inLanguage: string): string {
  const name = languageName(tag, inLanguage);
  return name.charAt(0).toLocaleUpperCase(inLanguage) + name.slice(1);
}
