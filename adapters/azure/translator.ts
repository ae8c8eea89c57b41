import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { Translator } from "../../pipeline/ports.ts";
import { readJson } from "../net/http.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned } from "../provider.ts";
import {
  type AzureTranslatorAccess,
  languagesRequest,
  readCodes,
  readTranslation,
  refusal,
  translateRequest,
} from "./translate_wire.ts";

/** Options of {@linkcode azureTranslator}. */
export interface AzureTranslatorOptions extends AzureTranslatorAccess, Outside {
  readonly languages: readonly LanguageTag[];
}

const provider = "Azure";

/**
 * Translates with Azure's translator, in version 3.0 or 2026-06-06: one request a text. Opening asks for the languages, which takes no key: a bad
 * one shows with the first text. History and glossary are ignored.
 */
export function azureTranslator(options: AzureTranslatorOptions): Owned<Translator> {
  const { languages } = options;
  return translatorOverHttp({
    name: "azure",
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
