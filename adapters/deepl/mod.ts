import { PipelineError } from "../../pipeline/error.ts";
import type { Translator } from "../../pipeline/ports.ts";
import { readJson } from "../net/http.ts";
import { addressSetting, choiceSetting, keySetting } from "../net/settings.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { codesFor, pairs } from "./languages.ts";
import {
  type DeepLAccess,
  isUsedUp,
  readTranslation,
  refusal,
  translateRequest,
  usageRequest,
} from "./wire.ts";

/** Options of {@linkcode deeplTranslator}. */
export interface DeepLOptions extends DeepLAccess, Outside {
  readonly model: "latency_optimized" | "quality_optimized";
}

const provider = "DeepL";

/**
 * Translates with DeepL: one request a text, what was said before as context. Opening asks for the plan's usage, so that a bad key or a
 * plan that is used up shows before anybody speaks. A glossary of the session is ignored: DeepL's have to be stored there first.
 */
export function deeplTranslator(options: DeepLOptions): Owned<Translator> {
  const { model } = options;
  return translatorOverHttp({
    name: "deepl",
    provider,
    pairs,
    // 128 KiB a request, at up to three bytes a unit, with the context.
    textLimit: 30_000,
    refusal,
    async prepare(wanted, ask) {
      const codes = codesFor(wanted.source, wanted.target);
      if (!codes) throw unsupportedPair(provider, wanted);
      if (isUsedUp(await ask(usageRequest(options)))) {
        throw new PipelineError(
          "quota_exhausted",
          "Cannot use DeepL: the characters of the plan are used up",
        );
      }
      return {
        ask: ({ text, history }) => translateRequest(options, { ...codes, model, text, history }),
        async *read(body) {
          const { text, characters } = readTranslation(await readJson(body, provider));
          if (text !== "") yield { type: "append", text };
          if (characters !== undefined) yield { type: "usage", characters };
        },
      };
    },
  }, options);
}

const settings = {
  DEEPL_API_KEY: keySetting("DeepL"),
  PARLEY_DEEPL_URL: addressSetting(
    "",
    "Where DeepL's routes begin; its own address for the key's plan by default",
  ),
  PARLEY_DEEPL_MODEL: choiceSetting(
    ["latency_optimized", "quality_optimized"],
    "Whether DeepL is to be fast or good: latency_optimized or quality_optimized",
  ),
};

/** `PARLEY_MT=deepl`: translation by DeepL. */
export const deepl: Provider<Translator, typeof settings> = {
  name: "deepl",
  settings,
  create: (values) =>
    deeplTranslator({
      key: values.DEEPL_API_KEY,
      address: values.PARLEY_DEEPL_URL,
      model: values.PARLEY_DEEPL_MODEL,
    }),
};
