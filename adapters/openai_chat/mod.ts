import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, matchTag, sameLanguage } from "../../pipeline/language.ts";
import type { TranslationEvent, TranslationRequest, Translator } from "../../pipeline/ports.ts";
import { serverSentEvents } from "../net/event_stream.ts";
import { refusal } from "../net/openai_error.ts";
import { openaiAccess, openaiSettings } from "../net/openai_access.ts";
import {
  addressSetting,
  choiceSetting,
  languagesSetting,
  nameSetting,
  optionalKeySetting,
} from "../net/settings.ts";
import { type Outside, translatorOverHttp, unsupportedPair } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { AnswerText } from "./answer_text.ts";
import { promptFor } from "./prompt.ts";
import { type ChatAccess, type ChatOptions, chatRequest, modelsRequest, readChunk } from "./wire.ts";

/** Options of {@linkcode chatTranslator}. */
export interface ChatTranslatorOptions extends ChatAccess, Omit<ChatOptions, "tokens">, Outside {
  /** What the model translates between; which ones it does well depends on the model. */
  readonly languages: readonly LanguageTag[];
}

const provider = "the chat model";

/**
 * Translates with a chat model behind OpenAI's `/chat/completions`, which many servers speak: text comes as the model writes it. The last four
 * pairs and the terms of the glossary go along. An answer much longer than a translation can be is broken off: then the model talks
 * rather than translates. Opening asks for the list of models, so that a bad key shows before anybody speaks.
 */
export function chatTranslator(options: ChatTranslatorOptions): Owned<Translator> {
  const { languages, model, dialect } = options;
  const pairs = languages.flatMap((source) =>
    languages.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
  );
  return translatorOverHttp({
    name: "openai_chat",
    provider,
    pairs,
    textLimit: 10_000,
    refusal,
    async prepare(wanted, ask) {
      const { source, target } = wanted;
      if (!matchTag(source, languages) || !matchTag(target, languages) || sameLanguage(source, target)) {
        throw unsupportedPair(provider, wanted);
      }
      await ask(modelsRequest(options)).catch(ignoreMissingList);
      return {
        ask(request) {
          const messages = promptFor(wanted, request);
          return chatRequest(options, { model, dialect, tokens: longestAnswer(request) }, messages);
        },
        read,
      };
    },
  }, options);
}

/** Some servers have no list of models, or not as JSON: only a refusal of the key or a server that is not there matters. */
function ignoreMissingList(error: unknown): void {
  const harmless = error instanceof PipelineError &&
    (error.kind === "invalid_request" || error.kind === "internal");
  if (!harmless) throw error;
}

/** The most UTF-16 units, or tokens, that the translation of a text may have: a token is a unit at the least. */
function longestAnswer({ text }: TranslationRequest): number {
  return 200 + 4 * text.length;
}

async function* read(
  body: AsyncIterable<Uint8Array>,
  request: TranslationRequest,
): AsyncGenerator<TranslationEvent> {
  const answer = new AnswerText();
  const longest = longestAnswer(request);
  let finished: string | undefined;
  let done = false;
  for await (const { data } of serverSentEvents(body, provider)) {
    if (data === "[DONE]") {
      done = true;
      break;
    }
    for (const event of readChunk(data, provider)) {
      if (event.type === "tokens") yield { type: "usage", tokens: event.tokens };
      else if (event.type === "finish") finished = event.reason;
      else {
        const text = answer.push(event.text);
        if (answer.given > longest) throw talkative();
        if (text !== "") yield { type: "append", text };
      }
    }
  }
  if (finished === "length") throw talkative();
  if (finished === "content_filter") {
    throw new PipelineError("invalid_request", `Cannot use ${provider}: its filter refuses the text`);
  }
  if (!done && finished === undefined) {
    throw new PipelineError("unavailable", `Cannot use ${provider}: its answer was cut short`);
  }
  const text = answer.end();
  if (text !== "") yield { type: "append", text };
}

function talkative(): PipelineError {
  const message = `Cannot use ${provider}: its answer is longer than a translation can be`;
  return new PipelineError("internal", message);
}

const settings = {
  ...openaiSettings,
  PARLEY_OPENAI_CHAT_URL: addressSetting(
    "",
    "Where the routes of the chat model begin, if not at OPENAI_BASE_URL; then OPENAI_API_KEY is not sent",
  ),
  PARLEY_OPENAI_CHAT_KEY: optionalKeySetting("The key for PARLEY_OPENAI_CHAT_URL, if it wants one"),
  PARLEY_OPENAI_CHAT_MODEL: nameSetting("gpt-4.1-mini", "Which chat model translates"),
  PARLEY_OPENAI_CHAT_DIALECT: choiceSetting(
    ["compatible", "openai"],
    "compatible for most servers, openai for OpenAI's models that think",
  ),
  PARLEY_OPENAI_CHAT_LANGUAGES: languagesSetting(
    "en,ar,bg,bn,ca,cs,da,de,el,es,et,fa,fi,fr,he,hi,hr,hu,id,it,ja,ko,lt,lv,nb,nl,pl,pt,ro,ru,sk,sl,sr,sv,th,tr,uk,ur,vi,zh-Hans,zh-Hant",
    "What the chat model translates between, separated by commas",
  ),
};

/** `PARLEY_MT=openai_chat`: translation by a chat model. */
export const openaiChat: Provider<Translator, typeof settings> = {
  name: "openai_chat",
  settings,
  create(values) {
    const own = { url: values.PARLEY_OPENAI_CHAT_URL, key: values.PARLEY_OPENAI_CHAT_KEY };
    return chatTranslator({
      ...openaiAccess(values, own),
      model: values.PARLEY_OPENAI_CHAT_MODEL,
      dialect: values.PARLEY_OPENAI_CHAT_DIALECT,
      languages: values.PARLEY_OPENAI_CHAT_LANGUAGES,
    });
  },
};
