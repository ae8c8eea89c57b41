import * as v from "valibot";
import { canonicalTag } from "../../pipeline/language.ts";
import type { Translator, TranslatorTraits } from "../../pipeline/ports.ts";
import { readJson } from "../net/http.ts";
import { addressSetting } from "../net/settings.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { pairsRequest, readCodes, readTranslation, translateRequest } from "./wire.ts";

/** Options of {@linkcode apyTranslator}. */
export interface ApyOptions extends Outside {
  readonly address: string;
  readonly pairs: TranslatorTraits["pairs"];
}

const provider = "Apertium APy";

/**
 * Translates with an Apertium APy server elsewhere: one request a text, two at a time, since the server works on one after the other. Opening
 * asks for the installed pairs. History and glossary are ignored: the server takes none.
 */
export function apyTranslator(options: ApyOptions): Owned<Translator> {
  const { address, pairs } = options;
  return translatorOverHttp({
    name: "apy",
    provider,
    pairs,
    textLimit: 10_000,
    atOnce: 2,
    async prepare(wanted, ask) {
      const codes = readCodes(await ask(pairsRequest(address)), wanted);
      if (!codes) throw unsupportedPair(provider, wanted);
      return {
        ask: ({ text }) => translateRequest(address, text, codes),
        async *read(body, request) {
          const text = readTranslation(await readJson(body, provider));
          if (text !== "") yield { type: "append", text };
          yield { type: "usage", characters: request.text.length };
        },
      };
    },
  }, options);
}

const pairsSetting = v.pipe(
  v.optional(v.string(), "en-es,es-en"),
  v.transform((text) =>
    text.split(",").map((pair) => pair.trim().split("-").map(canonicalTag)).map(([source, target, ...rest]) =>
      source && target && rest.length === 0 ? { source, target } : undefined
    )
  ),
  v.check(
    (pairs) => pairs.every((pair) => pair !== undefined),
    "expected pairs such as en-es, separated by commas",
  ),
  v.transform((pairs) => pairs.filter((pair) => pair !== undefined)),
  v.description("The pairs that the Apertium APy server has, such as en-es,es-en"),
);

const settings = {
  PARLEY_APY_URL: addressSetting("http://127.0.0.1:2737", "Where the Apertium APy server is"),
  PARLEY_APY_PAIRS: pairsSetting,
};

/** `PARLEY_MT=apy`: translation by an Apertium APy server. */
export const apy: Provider<Translator, typeof settings> = {
  name: "apy",
  settings,
  create: (values) => apyTranslator({ address: values.PARLEY_APY_URL, pairs: values.PARLEY_APY_PAIRS }),
};
