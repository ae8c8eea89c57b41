import { Queue } from "../flow/queue.ts";
import { MediaError } from "../media/error.ts";
import { readSpeech } from "../media/source.ts";
import { plan } from "../pipeline/capabilities.ts";
import { PipelineError } from "../pipeline/error.ts";
import { interpret, type Services, type SessionOptions, type TracedWork } from "../pipeline/interpret.ts";
import type { Input } from "../pipeline/ports.ts";
import { isUnspaced } from "../pipeline/stages/text.ts";
import { failureOf } from "../sessions/failure.ts";
import type { MessageHandler, MessageSocket } from "../sessions/message_socket.ts";
import { observedEvents } from "../sessions/observed_events.ts";
import type { Registry } from "../sessions/registry.ts";
import { decodeSlices, encodeSlices } from "./base64.ts";
import { Guest, isClientsFault } from "./guest.ts";
import { CollectedSpeech, typeOfAudio } from "./legacy_audio.ts";
import {
  errorMessage,
  type LegacyRequest,
  MAX_LEGACY_CHARS,
  parseLegacyMessage,
  translationMessage,
} from "./legacy_message.ts";

/** The longest speech in one message, in ms. */
const speechMs = 120_000;
/** How much may wait while a message is translated, in characters. */
const waitingChars = 2 * MAX_LEGACY_CHARS;

/** What a {@linkcode serveLegacyConnection} needs. */
export interface LegacyParts {
  readonly services: Services;
  readonly registry: Registry;
  /** Is told of failures that are faults of the service. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Serves one socket of a client of the old app: every message is translated as a whole, one after the other, and answered by one message, a
 * translation or an error.
 */
export function serveLegacyConnection(socket: MessageSocket, parts: LegacyParts): MessageHandler {
  const gone = new AbortController();
  const waiting = new Queue<string>({ limit: waitingChars, weigh: (text) => text.length });
  const serve = async () => {
    for await (const text of waiting.items(gone.signal)) {
      const reply = await answer(text, parts, gone.signal).catch((error) =>
        gone.signal.aborted ? "" : explain(error, parts)
      );
      if (!gone.signal.aborted) socket.send(reply);
    }
  };
  serve().catch((error) => {
    if (!gone.signal.aborted) parts.onFault(error);
  });
  return {
    message(data) {
      if (typeof data !== "string") {
        return socket.send(errorMessage("Cannot read the message: it is binary, expected JSON with base64"));
      }
      if (data.length > MAX_LEGACY_CHARS) {
        return socket.send(
          errorMessage(
            `Cannot read the message: it has ${data.length} characters, expected at most ${MAX_LEGACY_CHARS}`,
          ),
        );
      }
      if (!waiting.push(data)) {
        socket.send(
          errorMessage(
            `Cannot take more messages: over ${waitingChars} characters wait to be translated, expected fewer at once`,
          ),
        );
      }
    },
    closed: () => gone.abort(new DOMException("The client left", "AbortError")),
  };
}

async function answer(text: string, { services, registry }: LegacyParts, gone: AbortSignal): Promise<string> {
  const request = parseLegacyMessage(text);
  const options = optionsOf(request, services);
  using admitted = registry.admit();
  const signal = AbortSignal.any([gone, admitted.signal]);
  const { clock } = services;
  const guest = new Guest("legacy", options);
  const body = decodeSlices(request.audio, clock, signal);
  const watch = registry.observer.started(guest);
  const traced = { ...options, trace: (work?: TracedWork) => watch.trace(work) };
  const { events } = interpret(frames(guest, body, request, signal), services, traced, signal);
  const speech = new CollectedSpeech();
  const original: string[] = [];
  const translated: string[] = [];
  let failure: PipelineError | undefined;
  for await (const event of observedEvents(events, watch, signal, isClientsFault)) {
    if (event.type === "segment") original.push(event.segment.text);
    else if (event.type === "caption" && event.lane > 0 && event.final) translated.push(event.stable);
    else if (event.type === "failed") failure ??= event.error;
    else if (event.type === "speech" && event.audio.type === "frame") {
      if (event.first) event.ledger.note("sent", clock.now());
      speech.add(event.audio.rate, event.audio.samples);
    }
  }
  if (failure) throw failure;
  return translationMessage({
    messageId: request.messageId,
    original: original.join(isUnspaced(options.source) ? "" : " "),
    translated: translated.join(isUnspaced(options.targets[0]!) ? "" : " "),
    audio: await encodeSlices(speech.file(), clock, signal),
  });
}

function optionsOf({ source, target }: LegacyRequest, services: Services): SessionOptions {
  return plan({
    source,
    targets: [target],
    input: services.recognizer.traits.formats.find((format) => format.codec === "pcm_s16le") ??
      { codec: "pcm_s16le", rate: 16_000 },
    outputs: services.synthesizer.traits.formats.filter((format) => format.codec === "pcm_s16le"),
    glossary: {},
    voices: {},
  }, services);
}

async function* frames(
  guest: Guest,
  body: AsyncGenerator<Uint8Array, void>,
  { mediaType }: LegacyRequest,
  signal: AbortSignal,
): AsyncGenerator<Input, void> {
  const first = await body.next();
  if (first.done) throw new MediaError("malformed", "Cannot read the audio: there is none, expected base64");
  const type = mediaType ?? typeOfAudio(first.value);
  const { rate } = guest.input;
  for await (const frame of guest.frames(readSpeech(joined(first.value, body), { type, rate }, signal))) {
    if (guest.sourceMs > speechMs) {
      throw new PipelineError(
        "invalid_request",
        `Cannot translate the message: it is longer than ${speechMs / 1000} s, expected at most that`,
      );
    }
    yield frame;
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* rest;
}

function explain(error: unknown, { onFault }: LegacyParts): string {
  const media = error instanceof PipelineError ? error.cause : error;
  if (media instanceof MediaError) return errorMessage(media.message);
  if (!(error instanceof PipelineError)) onFault(error);
  return errorMessage(failureOf(error).message.message);
}
