import { encodeHex } from "@std/encoding";

/** Where translations are kept beyond this process. It is never needed: what fails or takes too long counts as not there. */
export interface SecondLevel extends AsyncDisposable {
  get(key: string, signal: AbortSignal): Promise<string | undefined>;
  set(key: string, text: string, signal: AbortSignal): Promise<void>;
}

/** The part of Deno KV that is used. */
export interface KvStore {
  get(key: readonly string[]): Promise<{ readonly value: unknown }>;
  set(key: readonly string[], value: string, options: { readonly expireIn: number }): Promise<unknown>;
  close(): void;
}

/** Opens the platform's key-value store; `undefined` where there is none: it takes a hosting platform, or `--unstable-kv`. */
export function platformKv(): (() => Promise<KvStore>) | undefined {
  const { openKv } = Deno as { readonly openKv?: () => Promise<KvStore> };
  return openKv && (() => openKv());
}

/** The longest value that is written, in UTF-16 units: the store takes 64 KiB. */
const valueLimit = 16_384;

/** Keeps translations in a key-value store, under the digests of their keys. The store is opened at the first use. */
export function kvSecondLevel(open: () => Promise<KvStore>, maxAgeMs: number): SecondLevel {
  let opened: Promise<KvStore> | undefined;
  let ended = false;
  const store = () => opened ??= open();
  return {
    async get(key) {
      if (ended) return undefined;
      const { value } = await (await store()).get(await path(key));
      return typeof value === "string" ? value : undefined;
    },
    async set(key, text) {
      if (ended || text.length > valueLimit) return;
      await (await store()).set(await path(key), text, { expireIn: maxAgeMs });
    },
    async [Symbol.asyncDispose]() {
      if (ended) return;
      ended = true;
      (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** What was said is not to be read off a key. */
async function path(key: string): Promise<readonly string[]> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return ["parley", "translation", encodeHex(digest)];
}
