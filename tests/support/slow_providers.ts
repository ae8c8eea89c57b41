import type { ContextWire } from "../../adapters/net/context_wire.ts";
import type { Fetch } from "../../adapters/net/http.ts";
import { readJson } from "../../adapters/net/http.ts";
import type { ConnectSocket } from "../../adapters/net/socket.ts";
import { synthesizerOverSocket } from "../../adapters/net/synthesizer_over_socket.ts";
import { translatorOverHttp } from "../../adapters/net/translator_over_http.ts";
import type { Owned } from "../../adapters/provider.ts";
import type { Clock } from "../../flow/clock.ts";
import type { SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";

const never = new AbortController().signal;
const rate = 16_000;

/** Providers whose connections take long to open, and how many were opened. */
export interface SlowProviders {
  readonly translator: Owned<Translator>;
  readonly synthesizer: Owned<SpeechSynthesizer>;
  readonly opened: { http: number; socket: number };
}

/** How slow they are, in ms. */
export interface SlowProviderOptions {
  readonly clock: Clock;
  /** To open a connection, whatever it is for. */
  readonly openMs: number;
  /** To answer over a connection that is open. */
  readonly answerMs: number;
}

/** A translator over HTTP and a synthesizer over a socket, with the adapters' own connections, to providers that live on a clock. */
export function slowProviders({ clock, openMs, answerMs }: SlowProviderOptions): SlowProviders {
  const opened = { http: 0, socket: 0 };
  let idle = 0;
  const fetch: Fetch = async (_url, { method, body, signal }) => {
    if (idle > 0) idle -= 1;
    else {
      opened.http += 1;
      await clock.sleep(openMs, signal ?? never);
    }
    await clock.sleep(answerMs, signal ?? never);
    const answer = new TextEncoder().encode(JSON.stringify({ text: method === "GET" ? "" : String(body) }));
    return new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(answer);
          controller.close();
          idle += 1;
        },
      }, { highWaterMark: 0 }),
    );
  };
  const connect: ConnectSocket = async (request, signal) => {
    opened.socket += 1;
    await clock.sleep(openMs, signal);
    const over = new AbortController();
    return {
      waitingBytes: 0,
      send(message) {
        const { context, text } = JSON.parse(String(message));
        const tell = (event: object) => request.message(JSON.stringify({ context, ...event }));
        clock.sleep(answerMs, over.signal).then(
          () => tell(text === undefined ? { type: "done" } : { type: "audio", samples: 800 * text.length }),
          () => {},
        );
      },
      [Symbol.asyncDispose]: () => Promise.resolve(over.abort()),
    };
  };
  const wire: ContextWire = {
    name: "slow",
    provider: "Slow",
    traits: {
      voices: [{ name: "voice", language: "es" }],
      formats: [{ codec: "pcm_s16le", rate }],
      speeds: { min: 1, max: 1.25 },
    },
    textLimit: 5000,
    limits: { places: 4, idleMs: 60_000, sessionMs: 600_000 },
    concurrency: 8,
    connection: () => ({ url: "wss://slow.example", headers: {} }),
    read(message) {
      const { type, context, samples } = JSON.parse(message);
      return type === "done" ? { type, context } : { type, context, bytes: new Uint8Array(2 * samples) };
    },
    text: (context) => ({
      phrase: (text) => [JSON.stringify({ context, text })],
      end: () => [JSON.stringify({ context })],
      cancel: () => [],
    }),
  };
  return {
    opened,
    translator: translatorOverHttp({
      name: "slow",
      provider: "Slow",
      pairs: [{ source: "en", target: "es" }],
      textLimit: 5000,
      async prepare(_options, ask) {
        await ask({ method: "GET", url: "https://slow.example" });
        return {
          ask: ({ text }) => ({ method: "POST", url: "https://slow.example", body: text }),
          async *read(body) {
            const { text } = await readJson(body, "Slow") as { text: string };
            yield { type: "append", text };
          },
        };
      },
    }, { fetch, clock }),
    synthesizer: synthesizerOverSocket(wire, { connect, clock }),
  };
}

/** The same engines, opened when they are asked for the first time: without any warming. */
export function unwarmed({ translator, synthesizer, opened }: SlowProviders): SlowProviders {
  return {
    opened,
    translator: {
      ...translator,
      open(options) {
        const session = once(() => translator.open({ ...options, signal: never }));
        return Promise.resolve({
          async *translate(request, signal) {
            yield* (await session.get()).translate(request, signal);
          },
          [Symbol.asyncDispose]: session.end,
        });
      },
    },
    synthesizer: {
      ...synthesizer,
      open(options) {
        const session = once(() => synthesizer.open({ ...options, signal: never }));
        return Promise.resolve({
          format: synthesizer.traits.formats[0]!,
          async *speak(text, how, signal) {
            yield* (await session.get()).speak(text, how, signal);
          },
          [Symbol.asyncDispose]: session.end,
        });
      },
    },
  };
}

function once<Session extends AsyncDisposable>(open: () => Promise<Session>) {
  let session: Promise<Session> | undefined;
  return {
    get: () => session ??= open(),
    async end() {
      await (await session)?.[Symbol.asyncDispose]();
    },
  };
}
