import type { Clock } from "../../flow/clock.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { unlessAborted } from "../abortable.ts";
import { kindOfStatus, refused, retryAfterMs } from "./http_refusal.ts";
import { Watchdog } from "./watchdog.ts";

/** A request to a provider. Keys stand in the headers, never in the address. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What sends a request: the platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a provider is spoken to. */
export interface HttpOptions {
  /** What it is called in messages: `DeepL`. */
  readonly provider: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** How long the answer may take to begin, and then each further piece of it, in ms. */
  readonly deadlineMs: number;
  /**
   * What a refusal means where its status does not say enough; `undefined` where it does. `body` is the JSON that came with it, `undefined`
   * where none did.
   */
  readonly refusal?: (status: number, body: unknown) => ErrorKind | undefined;
}

/** The most of an answer that is read as JSON, in bytes. */
const jsonLimit = 32 * 1024 * 1024;
/** The most of a refusal that is looked at, in bytes. */
const refusalLimit = 64 * 1024;

/**
 * Sends a request and gives the body of the answer as it comes. The connection is given up when the iteration ends before the body.
 * Redirects are refused: they could take a key to another host.
 *
 * @throws {PipelineError} of the kind that the refusal means; `timeout` past the deadline; `unavailable` when the connection fails or is cut.
 * @throws `outer.reason` when the signal aborts.
 */
export async function* exchange(
  { method, url, headers = {}, body }: HttpRequest,
  options: HttpOptions,
  outer: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { provider, fetch, clock, deadlineMs } = options;
  outer.throwIfAborted();
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const late = new PipelineError("timeout", `Cannot use ${provider}: nothing came for ${deadlineMs} ms`);
  using watchdog = new Watchdog({ clock, deadlineMs, bark: () => stop.abort(late) });
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  // The platform ends a read when the signal aborts; a body that was made elsewhere has to be told.
  const cancel = () => reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    watchdog.begin();
    const sent = fetch(url, { method, headers, body: body ?? null, redirect: "manual", signal });
    const response = await unlessAborted(sent, signal);
    reader = response.body?.getReader();
    if (!response.ok) throw await refusalOf(response, reader, options);
    while (reader) {
      watchdog.begin();
      const { value, done } = await reader.read();
      watchdog.end();
      signal.throwIfAborted();
      if (done) return;
      if (value.length > 0) yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PipelineError) throw error;
    throw new PipelineError("unavailable", `Cannot use ${provider}: the connection failed`, { cause: error });
  } finally {
    stop.abort();
    await cancel();
  }
}

/** Sends a request and reads the whole answer as JSON; rejects as {@linkcode exchange} does. */
export async function exchangeJson(
  request: HttpRequest,
  options: HttpOptions,
  signal: AbortSignal,
): Promise<unknown> {
  return await readJson(exchange(request, options, signal), options.provider);
}

/**
 * Reads the whole body of an answer as JSON.
 *
 * @throws {PipelineError} `internal` when it is none, or has more than 32 MiB.
 */
export async function readJson(body: AsyncIterable<Uint8Array>, provider: string): Promise<unknown> {
  const bytes = await readAll(body, jsonLimit);
  if (!bytes) {
    throw new PipelineError(
      "internal",
      `Cannot use ${provider}: its answer has more than ${jsonLimit} bytes`,
    );
  }
  const json = parseJson(bytes);
  if (json === undefined) {
    throw new PipelineError("internal", `Cannot use ${provider}: its answer is no JSON`);
  }
  return json;
}

async function readAll(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The value of a JSON text, `undefined` when it is none. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

async function refusalOf(
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  { provider, refusal }: HttpOptions,
): Promise<PipelineError> {
  const { status, headers } = response;
  const body = refusal && reader ? await readAll(chunksOf(reader), refusalLimit) : undefined;
  const kind = refusal?.(status, body && parseJson(body)) ?? kindOfStatus(status);
  return refused(provider, status, kind, retryAfterMs((name) => headers.get(name)));
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}
