import type { Context } from "hono";
import { Hono } from "hono";
import { accepts } from "hono/accepts";
import { MediaError } from "../media/error.ts";
import { readSpeech } from "../media/source.ts";
import { plan } from "../pipeline/capabilities.ts";
import { PipelineError } from "../pipeline/error.ts";
import { interpret, type Services, type SessionOptions, type TracedWork } from "../pipeline/interpret.ts";
import type { Input } from "../pipeline/ports.ts";
import { observedEvents } from "../sessions/observed_events.ts";
import type { SegmentTiming } from "../pipeline/timing.ts";
import type { Registry } from "../sessions/registry.ts";
import { AnswerBody } from "./answer_body.ts";
import { type AnswerType, answerTypes, answerWriter } from "./answer_writer.ts";
import { Guest, isClientsFault } from "./guest.ts";
import { pipelineProblem, type Problem, problem } from "./problem.ts";

/** The headers wait this long for the first translated audio, so that their times are real, in ms. */
const headersMs = 10_000;

/** `POST /v1/translate`: an audio body in, a translated audio body out, which begins while the request is still being sent. */
export function translateRoutes(services: Services, registry: Registry): Hono {
  const routes = new Hono();
  routes.post("/", async (context) => {
    try {
      return await translate(context, services, registry);
    } catch (error) {
      return problem(context, problemOf(error));
    }
  });
  return routes;
}

async function translate(context: Context, services: Services, registry: Registry): Promise<Response> {
  const request = context.req.raw;
  const type = accepts(context, {
    header: "Accept",
    supports: [...answerTypes],
    default: "audio/wav",
  }) as AnswerType;
  const options = optionsOf(context, services, type);
  if (!request.body) throw emptyBody();
  const admitted = registry.admit();
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, admitted.signal]);
  const contentType = context.req.header("content-type") ?? "audio/wav";
  const speech = readSpeech(
    wholeBody(request.body, signal),
    { type: contentType, rate: options.input.rate },
    signal,
  );
  const guest = new Guest("translate", options);
  const watch = registry.observer.started(guest);
  const traced = { ...options, trace: (work?: TracedWork) => watch.trace(work) };
  const interpretation = interpret(frames(guest, speech), services, traced, signal);
  const writer = answerWriter(type, options, services.clock);
  const answer = new AnswerBody({
    events: observedEvents(interpretation.events, watch, signal, isClientsFault),
    writer,
    clock: services.clock,
    stop,
    onEnd: () => admitted[Symbol.dispose](),
  });
  const timing = await answer.firstAudio(headersMs);
  return new Response(answer.stream(), {
    headers: {
      "content-type": writer.contentType,
      "cache-control": "no-store",
      ...(timing ? { "server-timing": serverTiming(timing) } : {}),
    },
  });
}

function optionsOf(context: Context, services: Services, type: AnswerType): SessionOptions {
  const query = new URL(context.req.url).searchParams;
  for (const name of query.keys()) {
    if (name !== "source" && name !== "target" && name !== "voice" && name !== "retain") {
      throw new PipelineError(
        "invalid_request",
        `Cannot read the query: ${name.slice(0, 40)} is unknown, expected source, target, voice or retain`,
      );
    }
  }
  const source = query.get("source");
  const targets = (query.get("target") ?? "").split(",").filter((tag) => tag !== "");
  if (source === null || targets.length === 0) {
    throw new PipelineError(
      "invalid_request",
      "Cannot translate: the query lacks a language, expected ?source=en&target=es",
    );
  }
  if (targets.length > 1 && type !== "application/vnd.parley") {
    throw new PipelineError(
      "invalid_request",
      `Cannot answer ${type} in ${targets.length} languages: expected one target, or Accept: application/vnd.parley`,
    );
  }
  const voice = query.get("voice");
  const retain = query.get("retain") ?? "true";
  if (retain !== "true" && retain !== "false") {
    throw new PipelineError(
      "invalid_request",
      `Cannot read the query: retain is ${JSON.stringify(retain.slice(0, 40))}, expected true or false`,
    );
  }
  const options = plan({
    source,
    targets,
    input: services.recognizer.traits.formats.find((format) => format.codec === "pcm_s16le") ??
      { codec: "pcm_s16le", rate: 16_000 },
    outputs: services.synthesizer.traits.formats.filter((format) => format.codec === "pcm_s16le"),
    glossary: {},
    voices: voice === null ? {} : { [targets[0]!]: voice },
  }, services);
  return { ...options, retain: retain === "true" };
}

async function* frames(guest: Guest, speech: AsyncIterable<Int16Array>): AsyncGenerator<Input, void> {
  yield* guest.frames(speech);
  if (guest.sourceMs === 0) throw emptyBody();
}

/** The bytes of a request; a client that vanishes in the middle is told apart from audio that is wrong. */
async function* wholeBody(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (cause) {
    signal.throwIfAborted();
    throw new PipelineError("invalid_request", "Cannot translate: the request's body broke off", { cause });
  }
}

function emptyBody(): PipelineError {
  return new PipelineError("invalid_request", "Cannot translate: the body is empty, expected audio");
}

function serverTiming({ sttMs, mtMs, ttsMs, queueMs, ttfabMs }: SegmentTiming): string {
  const stages = { stt: sttMs, mt: mtMs, tts: ttsMs, queue: queueMs, ttfab: ttfabMs };
  return Object.entries(stages).filter(([, ms]) => !Number.isNaN(ms))
    .map(([stage, ms]) => `${stage};dur=${ms.toFixed(1)}`).join(", ");
}

function problemOf(error: unknown): Problem {
  if (error instanceof MediaError) {
    return error.kind === "unsupported"
      ? { status: 415, title: "The audio is of a kind that is not supported", detail: error.message }
      : { status: 400, title: "The audio cannot be read", detail: error.message };
  }
  if (error instanceof PipelineError) {
    if (error.cause instanceof MediaError) return problemOf(error.cause);
    return pipelineProblem(error);
  }
  throw error;
}
