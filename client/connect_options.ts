/// <reference lib="dom" />
import { type Clock, systemClock } from "../flow/clock.ts";
import type { Start } from "../protocol/client_message.ts";
import { INITIAL_WINDOW_BYTES, SUBPROTOCOL } from "../protocol/limits.ts";
import { type Connect, platformConnect } from "./socket.ts";
import { pageSurroundings, type Surroundings, unknownSurroundings } from "./surroundings.ts";

/** Options of {@linkcode connect}. */
export interface ConnectOptions {
  /** Where the service listens for sockets; `http` is taken as `ws`. */
  readonly url: string | URL;
  /** What to interpret, from what into what. */
  readonly start: Omit<Start, "type">;
  /** Ends the session, whatever it is doing. */
  readonly signal: AbortSignal;
  /** Goes with the subprotocols, as browsers cannot send headers. */
  readonly apiKey?: string;
  /** Opens sockets; the platform's own by default. */
  readonly connect?: Connect;
  readonly clock?: Clock;
  /** Gives a number from 0 up to 1, for the waits between attempts. */
  readonly random?: () => number;
  /** What is known of the network; the page's by default, and nothing outside of one. */
  readonly surroundings?: Surroundings;
  /** How much audio goes into one message, in ms; 60 by default. */
  readonly messageMs?: number;
  /** How much may wait to be read from `events`, in bytes, at least 65,536; 262,144 by default. */
  readonly bufferBytes?: number;
}

/** The same with everything filled in. */
export interface Settings {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly start: Omit<Start, "type">;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: () => number;
  readonly surroundings: Surroundings;
  readonly messageSamples: number;
  readonly bufferBytes: number;
}

/**
 * Fills in what the options leave out.
 *
 * @throws {RangeError} when messageMs or bufferBytes is too small, {TypeError} when the url is none.
 */
export function settingsOf(options: ConnectOptions): Settings {
  const { start, apiKey, messageMs = 60, bufferBytes = 262_144 } = options;
  const messageSamples = Math.round(messageMs * start.input.rate / 1000);
  if (!(messageSamples >= 1)) {
    throw new RangeError(`Cannot connect: messageMs is ${messageMs}, expected at least one sample`);
  }
  if (!(bufferBytes >= INITIAL_WINDOW_BYTES)) {
    throw new RangeError(
      `Cannot connect: bufferBytes is ${bufferBytes}, expected at least ${INITIAL_WINDOW_BYTES}`,
    );
  }
  return {
    url: socketUrl(options.url),
    protocols: apiKey === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `parley.key.${base64Url(apiKey)}`],
    start,
    connect: options.connect ?? platformConnect,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    surroundings: options.surroundings ?? (globalThis.document ? pageSurroundings : unknownSurroundings),
    messageSamples,
    bufferBytes,
  };
}

function socketUrl(url: string | URL): string {
  const address = new URL(url);
  if (address.protocol === "http:") address.protocol = "ws:";
  if (address.protocol === "https:") address.protocol = "wss:";
  return address.href;
}

function base64Url(text: string): string {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
