import type { Context } from "hono";
import { decodeBase64Url } from "@std/encoding";
import { SUBPROTOCOL } from "../protocol/limits.ts";
import { isLoopback } from "../flow/loopback.ts";
import { type Problem, problem } from "./problem.ts";

/** Who may use the speech routes. */
export interface Access {
  readonly loopback: boolean;
  readonly apiKeys: readonly string[];
  readonly origins: readonly string[];
}

/** The subprotocol that carries a key, for browsers, which cannot set a header on a socket: the key follows in base64url. */
export const KEY_SUBPROTOCOL = "parley.key.";

/** Why the caller may not speak; `undefined` when it may. */
export async function refusal(context: Context, access: Access): Promise<Problem | undefined> {
  if (access.apiKeys.length === 0) {
    if (access.loopback) return undefined;
    return {
      status: 503,
      title: "The service has no keys yet",
      detail:
        "The service can be reached from other machines and nobody may use it: set PARLEY_API_KEYS and start it again",
    };
  }
  const shown = shownKey(context);
  if (shown === undefined) {
    return {
      status: 401,
      title: "A key is needed",
      detail:
        `Cannot let you in: no key is shown, expected the header "Authorization: Bearer KEY" or the subprotocol ${KEY_SUBPROTOCOL}BASE64URL`,
      headers: { "www-authenticate": 'Bearer realm="parley"' },
    };
  }
  for (const key of access.apiKeys) if (await sameKey(key, shown)) return undefined;
  return {
    status: 401,
    title: "The key is not known",
    detail: "Cannot let you in: the key that is shown is not one of this service's",
    headers: { "www-authenticate": 'Bearer realm="parley", error="invalid_token"' },
  };
}

/** Why a page of this origin may not open a socket; `undefined` when it may, and for clients that are no pages. */
export function originRefusal(context: Context, access: Access): Problem | undefined {
  const origin = context.req.header("origin");
  if (origin === undefined || access.origins.includes("*") || access.origins.includes(origin)) {
    return undefined;
  }
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  // A name that was made to point here is not ours: without keys, only pages of this machine's own names are.
  const ownName = !access.loopback || access.apiKeys.length > 0 || isLoopback(page?.hostname ?? "");
  if (ownName && page?.host === (context.req.header("host") ?? new URL(context.req.url).host)) {
    return undefined;
  }
  return {
    status: 403,
    title: "The page's origin is not allowed",
    detail: `Cannot let the page in: its origin is ${
      origin.slice(0, 100)
    }, expected the service's own or one of PARLEY_ORIGINS`,
  };
}

/** The subprotocols that a client offers. */
export function offeredSubprotocols(context: Context): readonly string[] {
  return (context.req.header("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim()).filter((
    name,
  ) => name !== "");
}

/** Middleware that lets only those in who may speak. */
export function guard(access: Access) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | void> => {
    const refused = (await refusal(context, access)) ?? originRefusal(context, access);
    if (refused) return problem(context, refused);
    await next();
  };
}

function shownKey(context: Context): string | undefined {
  const header = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (header !== undefined) return header;
  const offered = offeredSubprotocols(context);
  const encoded = offered.includes(SUBPROTOCOL)
    ? offered.find((name) => name.startsWith(KEY_SUBPROTOCOL))
    : undefined;
  return encoded === undefined ? undefined : decodeKey(encoded.slice(KEY_SUBPROTOCOL.length));
}

function decodeKey(base64url: string): string | undefined {
  try {
    return new TextDecoder().decode(decodeBase64Url(base64url));
  } catch {
    return undefined;
  }
}

/** Compares digests, so that the time taken tells nothing about the key. */
async function sameKey(one: string, other: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const [left, right] = [await digest(one), await digest(other)];
  return left.reduce((difference, byte, index) => difference | (byte ^ right[index]!), 0) === 0;
}
