import { addressSetting, keySetting } from "./settings.ts";

/** The settings that all providers with OpenAI's routes share. */
export const openaiSettings = {
  OPENAI_API_KEY: keySetting("OpenAI or of the server at OPENAI_BASE_URL; none where the server wants none"),
  OPENAI_BASE_URL: addressSetting(
    "https://api.openai.com/v1",
    "Where OpenAI's routes begin, or those of a server like it",
  ),
};

/**
 * Where the routes begin and with which key: those of a server of its own where it has an address, which is never sent OpenAI's key; empty for none.
 */
export function openaiAccess(
  { OPENAI_API_KEY, OPENAI_BASE_URL }: { readonly OPENAI_API_KEY: string; readonly OPENAI_BASE_URL: string },
  own: { readonly url: string; readonly key: string },
): { readonly address: string; readonly key: string } {
  const [address, key] = own.url === "" ? [OPENAI_BASE_URL, OPENAI_API_KEY] : [own.url, own.key];
  return { address, key: key === "none" ? "" : key };
}
