import { type Clock, systemClock } from "../../flow/clock.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type {
  Translation,
  TranslationEvent,
  TranslationRequest,
  Translator,
  TranslatorOptions,
  TranslatorTraits,
} from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { traced } from "../traced.ts";
import { exchange, type Fetch, type HttpOptions, type HttpRequest, readJson } from "./http.ts";
import { HttpSessions } from "./http_sessions.ts";

/** What a translator's wire has to say: which requests are sent, and what their answers mean. */
export interface TranslatorWire {
  /** What it is called in the configuration. */
  readonly name: string;
  /** What it is called in messages. */
  readonly provider: string;
  readonly pairs: TranslatorTraits["pairs"];
  /** The longest text, in UTF-16 units. */
  readonly textLimit: number;
  /** How many requests may be on their way at a time; 64 by default. */
  readonly atOnce?: number;
  readonly refusal?: (status: number, body: unknown) => ErrorKind | undefined;
  /**
   * Makes ready for one pair of languages, once for each session; `ask` sends a request and gives the JSON of its answer: a request here shows
   * early that the key and the pair are good, and opens the connection before there is a text.
   *
   * @throws {PipelineError} `unsupported_language` for a pair that it does not have.
   */
  prepare(
    options: TranslatorOptions,
    ask: (request: HttpRequest) => Promise<unknown>,
  ): Promise<Conversation>;
}

/** One pair of languages, ready. */
export interface Conversation {
  /** The request that has a text translated; the text is not blank and is well-formed Unicode. */
  ask(request: TranslationRequest): HttpRequest;
  /** What the body of its answer says. */
  read(body: AsyncIterable<Uint8Array>, request: TranslationRequest): AsyncIterable<TranslationEvent>;
}

/** The outside world of an adapter. */
export interface Outside {
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** How long an answer may take to begin, and then each further piece of it, in ms; 10,000 by default. */
  readonly deadlineMs?: number;
}

/** A translator that sends a request for each text. */
export function translatorOverHttp(wire: TranslatorWire, outside: Outside = {}): Owned<Translator> {
  const { name, provider, pairs, refusal, atOnce } = wire;
  const { fetch = globalThis.fetch, clock = systemClock, deadlineMs = 10_000 } = outside;
  const http: HttpOptions = { provider, fetch, clock, deadlineMs, ...(refusal && { refusal }) };
  const lifetime = new Lifetime(`translator ${name}`);
  const sessions = new HttpSessions({ http, clock, lifetime, atOnce });
  return {
    name,
    traits: { pairs },
    connections: () => [{ name, ...sessions.connections }],
    async open({ signal, ...options }) {
      lifetime.check();
      signal.throwIfAborted();
      using either = lifetime.link(signal);
      const ask = (request: HttpRequest) => readJson(sessions.prepare(request, either.signal), provider);
      const conversation = await wire.prepare(options, ask);
      either.signal.throwIfAborted();
      return translation(conversation, wire, http, { engine: lifetime, sessions });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

/** The error for a pair that a provider does not have. */
export function unsupportedPair(
  provider: string,
  { source, target }: { readonly source: string; readonly target: string },
): PipelineError {
  const message = `Cannot translate from ${source} to ${target}: ${provider} has no such pair`;
  return new PipelineError("unsupported_language", message);
}

function translation(
  conversation: Conversation,
  { name, textLimit }: TranslatorWire,
  http: HttpOptions,
  { engine, sessions }: { readonly engine: Lifetime; readonly sessions: HttpSessions },
): Translation {
  const lifetime = new Lifetime(`translation of ${name}`);
  const end = sessions.begin();

  async function* translate(
    request: TranslationRequest,
    outer: AbortSignal,
  ): AsyncGenerator<TranslationEvent> {
    engine.check();
    lifetime.check();
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    const { length } = request.text;
    if (length > textLimit) {
      const message =
        `Cannot translate a text: it has ${length} characters, at most ${textLimit} are allowed`;
      throw new PipelineError("invalid_request", message);
    }
    if (request.text.trim() === "") return;
    const wellFormed = { ...request, text: request.text.toWellFormed() };
    const { waitedMs, reused, end } = await sessions.take(signal);
    let kept = false;
    try {
      yield { type: "acquired", waitedMs, reused };
      const body = exchange(conversation.ask(wellFormed), { ...http, ...traced(request) }, signal);
      for await (const event of conversation.read(body, wellFormed)) {
        yield event;
        signal.throwIfAborted();
      }
      kept = true;
    } finally {
      end(kept);
    }
  }

  return {
    translate,
    [Symbol.asyncDispose]() {
      if (!lifetime.ended) end();
      lifetime.end();
      return Promise.resolve();
    },
  };
}
