import { usageError } from "./command_error.ts";

const schemes = new Set(["ws:", "wss:", "http:", "https:"]);

/** Where a service on this machine is, given its environment. */
export function defaultUrl(env: Readonly<Record<string, string | undefined>>): string {
  return `ws://localhost:${env["PARLEY_PORT"] ?? 8000}`;
}

/**
 * The address of the stream route, of an address with or without its path: `ws://localhost:8000` is enough.
 *
 * @throws {CommandError} with exit code 2 when it is no address of a service.
 */
export function streamUrl(text: string, command: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !schemes.has(url.protocol) || url.hostname === "") {
    throw usageError(`The address is ${text}: expected one such as ws://localhost:8000`, command);
  }
  url.protocol = url.protocol.replace("http", "ws");
  if (url.pathname === "/") url.pathname = "/v1/stream";
  return url;
}

/** The address of one of the service's pages, for `fetch`. */
export function pageUrl(stream: URL, path: string): URL {
  const url = new URL(path, stream);
  url.protocol = url.protocol.replace("ws", "http");
  return url;
}
