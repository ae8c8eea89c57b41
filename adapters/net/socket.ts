// @ts-types="npm:@types/ws@8.18.1"
import type { WebSocket } from "ws";
import type { Clock } from "../../flow/clock.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { kindOfStatus, refused, retryAfterMs } from "./http_refusal.ts";

/** What is to be connected, and what hears of it. Keys stand in the headers, never in the address. */
export interface SocketRequest {
  /** What the provider is called in messages. */
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text comes as a string, bytes in a buffer of their own. */
  message(data: string | Uint8Array): void;
  /** The connection has ended, however it did; called once, and only after it was open. */
  ended(error: PipelineError): void;
  /** What a close code and its reason mean, where `kindOfClose` does not say it. */
  readonly closing?: (code: number, reason: string) => ErrorKind | undefined;
}

/** An open connection to a provider. */
export interface ProviderSocket extends AsyncDisposable {
  /** Sends a message; what is sent after the end is lost, since `ended` has told of it. */
  send(data: string | Uint8Array): void;
  /** Bytes that were sent and have not left this machine. */
  readonly waitingBytes: number;
}

/**
 * Opens a connection.
 *
 * @throws {PipelineError} of the kind that the refusal means; `timeout` past the deadline; `unavailable` when the provider cannot be reached.
 * @throws `signal.reason` when the signal aborts.
 */
export type ConnectSocket = (request: SocketRequest, signal: AbortSignal) => Promise<ProviderSocket>;

/** The largest message a provider may send, in bytes. */
const messageLimit = 16 * 1024 * 1024;
/** How long a connection may take to close in order, in ms. */
const closingMs = 500;
const utf8 = new TextDecoder();

/** Options of {@linkcode socketConnector}. */
export interface ConnectorOptions {
  readonly clock: Clock;
  /** How long a connection may take to open, in ms; 10,000 by default. */
  readonly deadlineMs?: number;
  /**
   * How often the other side is asked whether it is still there (RFC 6455, 5.5.2), in ms, for connections over which nothing may come for long; a connection
   * over which nothing has come from one time to the next has ended. It is not asked when absent.
   */
  readonly checkEveryMs?: number;
}

/**
 * Connects by the `ws` library, which is loaded at the first connection: the platform's own client stalls for 44 ms on each message above
 * 1,024 bytes and takes no headers in the standard way.
 */
export function socketConnector(options: ConnectorOptions): ConnectSocket {
  const { clock, deadlineMs = 10_000, checkEveryMs } = options;
  return async (request, signal) => {
    signal.throwIfAborted();
    const { WebSocket } = await import("ws");
    signal.throwIfAborted();
    const socket = new WebSocket(request.url, {
      headers: request.headers,
      perMessageDeflate: false,
      maxPayload: messageLimit,
      followRedirects: false,
    });
    socket.binaryType = "arraybuffer";
    // Before the connection is open: the first message may come in the same turn.
    const closed = listen(socket, request);
    await opened(socket, request, { clock, deadlineMs }, signal);
    if (checkEveryMs !== undefined) checkOften(socket, clock, checkEveryMs, closed);
    return {
      send(data) {
        if (socket.readyState === socket.OPEN) socket.send(data);
      },
      get waitingBytes() {
        return socket.bufferedAmount;
      },
      async [Symbol.asyncDispose]() {
        const inOrder = new AbortController();
        clock.sleep(closingMs, inOrder.signal).then(() => socket.terminate(), () => {});
        socket.close(1000);
        await closed;
        inOrder.abort();
      },
    };
  };
}

/** Ends a connection whose other side is silent: half of it may have been gone for long without anybody telling. */
async function checkOften(
  socket: WebSocket,
  clock: Clock,
  everyMs: number,
  closed: Promise<void>,
): Promise<void> {
  const over = new AbortController();
  closed.then(() => over.abort());
  let heard = true;
  socket.on("pong", () => heard = true);
  socket.on("message", () => heard = true);
  try {
    while (heard) {
      heard = false;
      socket.ping();
      await clock.sleep(everyMs, over.signal);
    }
    socket.terminate();
  } catch {
    // It has ended by itself.
  }
}

/** What a close code means (RFC 6455, 7.4.1) where the provider has no meaning of its own for it. */
export function kindOfClose(code: number): ErrorKind {
  if (code === 1003 || code === 1007 || code === 1009) return "invalid_request";
  if (code === 1008) return "unauthenticated";
  if (code === 1013) return "overloaded";
  return "unavailable";
}

function opened(
  socket: WebSocket,
  { provider }: SocketRequest,
  { clock, deadlineMs }: { readonly clock: Clock; readonly deadlineMs: number },
  signal: AbortSignal,
): Promise<void> {
  const settled = new AbortController();
  return new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      reject(error);
      socket.terminate();
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    settled.signal.addEventListener("abort", () => signal.removeEventListener("abort", onAbort));
    clock.sleep(deadlineMs, settled.signal).then(() => {
      fail(new PipelineError("timeout", `Cannot use ${provider}: no connection within ${deadlineMs} ms`));
    }, () => {});
    socket.on("unexpected-response", (_request, { statusCode = 0, headers }) => {
      const waitMs = retryAfterMs((name) => headers[name]?.toString() ?? null);
      fail(refused(provider, statusCode, kindOfStatus(statusCode), waitMs));
    });
    // Without a listener an error would be thrown where nobody can catch it; what is told here is told by the first one.
    socket.on("error", (cause) => {
      reject(new PipelineError("unavailable", `Cannot use ${provider}: it cannot be reached`, { cause }));
    });
    socket.on("open", resolve);
  }).finally(() => settled.abort());
}

/** Passes on what comes; resolves when the connection has ended. */
function listen(socket: WebSocket, request: SocketRequest): Promise<void> {
  const { provider, closing } = request;
  let isOpen = false;
  socket.on("open", () => isOpen = true);
  socket.on("message", (data, isBinary) => {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data as Uint8Array;
    request.message(isBinary ? bytes : utf8.decode(bytes));
  });
  return new Promise((resolve) => {
    socket.on("close", (code, reason) => {
      resolve();
      if (!isOpen) return;
      const kind = closing?.(code, reason.toString()) ?? kindOfClose(code);
      request.ended(new PipelineError(kind, `Cannot use ${provider}: it closed the connection (${code})`));
    });
  });
}
