import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { Translator } from "../../pipeline/ports.ts";
import { readJson } from "../net/http.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned } from "../provider.ts";
import { refusal } from "./error.ts";
import {
  type GoogleAccess,
  languagesRequest,
  readCodes,
  readTranslation,
  translateRequest,
} from "./translate_wire.ts";

/** Options of {@linkcode googleTranslator}. */
export interface GoogleTranslatorOptions extends GoogleAccess, Outside {
  readonly languages: readonly LanguageTag[];
}

const provider = "Google";

/**
 * Translates with Google's Cloud Translation, version 2: one request a text. Opening asks for the languages, so that a bad key shows early.
 * History and glossary are ignored: this version takes none.
 */
export function googleTranslator(options: GoogleTranslatorOptions): Owned<Translator> {
  const { languages } = options;
  return translatorOverHttp({
    name: "google",
    provider,
    pairs: languages.flatMap((source) =>
      languages.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
    ),
    textLimit: 10_000,
    refusal,
    async prepare(wanted, ask) {
      const codes = readCodes(await ask(languagesRequest(options)), wanted);
      if (!codes) throw unsupportedPair(provider, wanted);
      return {
        ask: ({ text }) => translateRequest(options, text, codes),
        async *read(body, request) {
          const text = readTranslation(await readJson(body, provider));
          if (text !== "") yield { type: "append", text };
          yield { type: "usage", characters: request.text.length };
        },
      };
    },
  }, options);
}
