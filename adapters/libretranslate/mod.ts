import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { Translator } from "../../pipeline/ports.ts";
import { readJson } from "../net/http.ts";
import { addressSetting, languagesSetting, optionalKeySetting } from "../net/settings.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import {
  languagesRequest,
  type LibreTranslateAccess,
  readCodes,
  readTranslation,
  translateRequest,
} from "./wire.ts";

/** Options of {@linkcode libreTranslator}. */
export interface LibreTranslateOptions extends LibreTranslateAccess, Outside {
  /** What the server translates between. */
  readonly languages: readonly LanguageTag[];
}

const provider = "LibreTranslate";

/**
 * Translates with a LibreTranslate server: one request a text. Opening asks the server for its languages, and finds the code that it has for
 * each. History and glossary are ignored: the server takes none.
 */
export function libreTranslator(options: LibreTranslateOptions): Owned<Translator> {
  const { languages } = options;
  const pairs = languages.flatMap((source) =>
    languages.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
  );
  return translatorOverHttp({
    name: "libretranslate",
    provider,
    pairs,
    textLimit: 10_000,
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

const settings = {
  LIBRETRANSLATE_URL: addressSetting("http://127.0.0.1:5000", "Where the LibreTranslate server is"),
  LIBRETRANSLATE_API_KEY: optionalKeySetting("The key of the LibreTranslate server, if it wants one"),
  PARLEY_LIBRETRANSLATE_LANGUAGES: languagesSetting(
    "en,ar,az,bg,bn,ca,cs,da,de,el,eo,es,et,eu,fa,fi,fr,ga,gl,he,hi,hu,id,it,ja,ko,lt,lv,ms,nb,nl,pl,pt,ro,ru,sk,sl,sq,sv,th,tr,uk,ur,vi,zh-Hans,zh-Hant",
    "What the LibreTranslate server translates between, separated by commas",
  ),
};

/** `PARLEY_MT=libretranslate`: translation by a LibreTranslate server. */
export const libretranslate: Provider<Translator, typeof settings> = {
  name: "libretranslate",
  settings,
  create: (values) =>
    libreTranslator({
      address: values.LIBRETRANSLATE_URL,
      key: values.LIBRETRANSLATE_API_KEY,
      languages: values.PARLEY_LIBRETRANSLATE_LANGUAGES,
    }),
};
