import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag } from "../../pipeline/language.ts";
import type { RecognizerOptions, SpeechRecognizer, Traced } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { Concurrency } from "./concurrency.ts";
import { ConnectionAudio, type RateConverter } from "./connection_audio.ts";
import { RecognizerLink } from "./recognizer_link.ts";
import type { RecognizerWire, WireSpeech } from "./recognizer_wire.ts";
import { type ConnectSocket, socketConnector } from "./socket.ts";
import { SocketHearing } from "./socket_hearing.ts";

/** The outside world of a recognizer over a socket. */
export interface RecognizerOutside {
  readonly clock?: Clock;
  readonly connect?: ConnectSocket;
  /** How long a provider may take until it is ready for audio, and until audio leaves this machine, in ms; 10,000 by default. */
  readonly deadlineMs?: number;
  /** Changes the rate of audio; without it, only the rates of the wire are taken. */
  readonly convert?: (from: number, to: number) => Promise<RateConverter>;
}

/** How often a connection is asked whether it still works, in ms. */
const checkEveryMs = 10_000;
/** What is taken beside the rates of the wire where a rate can be changed, in samples a second. */
const convertedRates = [16_000, 24_000, 48_000];

/**
 * A recognizer that hears over sockets, one after the other for each session: what a provider asks for stands in its wire, and all that has to be done about
 * it is done here. To open a session is to connect, so that a refused key shows.
 */
export function recognizerOverSocket(
  wire: RecognizerWire,
  outside: RecognizerOutside = {},
): Owned<SpeechRecognizer> {
  const { clock = systemClock, deadlineMs = 10_000, convert } = outside;
  const { name, provider } = wire;
  const connect = outside.connect ?? socketConnector({ clock, checkEveryMs });
  const lifetime = new Lifetime(`recognizer ${name}`);
  const places = new Concurrency({ provider, limit: wire.concurrency, clock });
  const hearings = new Set<SocketHearing>();
  const rates = new Set([...wire.rates, ...convert ? convertedRates : []]);
  const formats = [...rates].map((rate) => ({ codec: "pcm_s16le", rate } as const));

  /** Opens a connection for a source of this rate. */
  async function link(
    speech: WireSpeech,
    sourceRate: number,
    trace: Traced,
    signal: AbortSignal,
  ): Promise<RecognizerLink> {
    const { rate } = speech;
    const converter = rate === sourceRate ? undefined : await convert?.(sourceRate, rate);
    const audio = new ConnectionAudio({ sourceRate, rate, chunk: wire.chunk, converter });
    return await RecognizerLink.open(
      {
        wire,
        connection: wire.connection(speech),
        audio,
        connect: tracing(connect, trace),
        clock,
        deadlineMs,
      },
      signal,
    );
  }

  return {
    name,
    traits: { ...wire.traits, formats },
    connections: () => [{ name, busy: places.used, idle: 0, waiting: places.waiting }],
    async open({ signal, ...wanted }) {
      lifetime.check();
      signal.throwIfAborted();
      const { format } = wanted;
      if (format.codec !== "pcm_s16le" || !rates.has(format.rate)) {
        const message = `Cannot hear ${format.codec} at ${format.rate} Hz: ${provider} does not take it`;
        throw new PipelineError("invalid_request", message);
      }
      const speech = speechOf(wire, wanted);
      using either = lifetime.link(signal);
      const place = await places.take(either.signal);
      try {
        const hearing: SocketHearing = new SocketHearing({
          wire,
          speech,
          rate: format.rate,
          connect: (signal) => link(speech, format.rate, wanted, signal),
          engine: lifetime,
          place,
          left: () => hearings.delete(hearing),
        }, await link(speech, format.rate, wanted, either.signal));
        hearings.add(hearing);
        return hearing;
      } catch (error) {
        place[Symbol.dispose]();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await Promise.all([...hearings].map((hearing) => hearing[Symbol.asyncDispose]()));
    },
  };
}

/** Tells the provider, where it is connected to, of the trace. */
function tracing(connect: ConnectSocket, { traceParent }: Traced): ConnectSocket {
  if (traceParent === undefined) return connect;
  return (request, signal) =>
    connect({ ...request, headers: { ...request.headers, traceparent: traceParent } }, signal);
}

/** What the wire is asked for. */
function speechOf(
  { provider, rates, traits }: RecognizerWire,
  { languages: wanted, format, glossary, targets = [] }: RecognizerOptions,
): WireSpeech {
  const languages = wanted.filter((tag) => matchTag(tag, traits.languages) !== undefined);
  if (languages.length === 0) {
    const message = `Cannot hear ${wanted.join(", ") || "no language"}: ${provider} is not set up for it`;
    throw new PipelineError("unsupported_language", message);
  }
  const rate = rates.includes(format.rate) ? format.rate : rates[0]!;
  return { languages, rate, glossary, targets: targets.map(({ target }) => target) };
}
