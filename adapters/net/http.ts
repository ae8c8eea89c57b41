import type { Clock } from "../../flow/clock.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Traced } from "../../pipeline/ports.ts";
import { unlessAborted } from "../../flow/abortable.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { kindOfStatus, refused, retryAfterMs } from "./http_refusal.ts";
import { Watchdog } from "./watchdog.ts";

/** A request to a provider. Keys stand in the headers, never in the address. A body of another kind than text says itself of which type it is. */
export interface HttpRequest<Body extends string | FormData = string> {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/** What sends a request: the platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a provider is spoken to, and of which trace it is told. */
export interface HttpOptions extends Traced {
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
/** How long the rest of an answer may take whose reader has left, in ms. */
const restMs = 30;
/** The most of a refusal that is looked at, in bytes. */
const refusalLimit = 64 * 1024;

/**
 * Sends a request and gives the body of the answer as it comes. The connection is given up when the iteration ends long before the body.
 * Redirects are refused: they could take a key to another host.
 *
 * @throws {PipelineError} of the kind that the refusal means; `timeout` past the deadline; `unavailable` when the connection fails or is cut.
 * @throws `outer.reason` when the signal aborts.
 */
export async function* exchange(
  { method, url, headers = {}, body }: HttpRequest<string | FormData>,
  options: HttpOptions,
  outer: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { provider, fetch, clock, deadlineMs, traceParent } = options;
  outer.throwIfAborted();
  using stop = new LinkedAbort(outer);
  const { signal } = stop;
  const late = new PipelineError("timeout", `Cannot use ${provider}: nothing came for ${deadlineMs} ms`);
  using watchdog = new Watchdog({ clock, deadlineMs, bark: () => stop.abort(late) });
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Whether the caller has a piece, and might leave. */
  let handed = false;
  // The platform ends a read when the signal aborts; a body that was made elsewhere has to be told.
  const cancel = () => reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    watchdog.begin();
    const sent = fetch(url, {
      method,
      headers: traceParent === undefined ? headers : { ...headers, traceparent: traceParent },
      body: body ?? null,
      redirect: "manual",
      signal,
    });
    const response = await unlessAborted(sent, signal);
    reader = response.body?.getReader();
    // Of a HEAD any answer will do: it is sent for the connection.
    if (!response.ok && method !== "HEAD") throw await refusalOf(response, reader, options);
    while (reader) {
      watchdog.begin();
      const { value, done } = await reader.read();
      watchdog.end();
      signal.throwIfAborted();
      if (done) return;
      if (value.length > 0) {
        handed = true;
        yield value;
        handed = false;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PipelineError) throw error;
    throw new PipelineError("unavailable", `Cannot use ${provider}: the connection failed`, { cause: error });
  } finally {
    if (handed && reader && !signal.aborted) await readRest(reader, clock);
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

/** What is left of a body whose reader has left: a connection can only be used again when the answer on it was read to its end. */
async function readRest(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const enough = new AbortController();
  const reading = async () => {
    while (!(await reader.read()).done);
  };
  await Promise.race([reading(), clock.sleep(restMs, enough.signal)]).catch(() => {});
  enough.abort();
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
