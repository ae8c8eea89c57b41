import type { Clock } from "../../flow/clock.ts";
import type { SpeechEvent } from "../../pipeline/ports.ts";
import { AnswerCache, type AnswerCacheOptions, cacheKey, tellCache } from "./answer_cache.ts";
import { type AnswerEngine, around } from "./answering.ts";
import type { EngineObserver } from "./engine_event.ts";
import { LedAnswers } from "./led_answers.ts";
import { speaking, type Speeches, type SpeechRequest } from "./speaking.ts";

/** The longest text whose speech is kept, in UTF-16 units: a phrase. */
const textLimit = 60;
/** How long the end of a text that has begun is waited for before the engine is asked, in ms: only a whole text can be looked up. */
const graceMs = 10;

/** Options of {@linkcode cachingSynthesizer}. */
export interface SpeechCacheOptions extends AnswerCacheOptions {
  readonly observe: EngineObserver;
}

/** A synthesizer that gives again the audio that it gave before for the same short text, voice, format and speed. To be within `rereading`. */
export function cachingSynthesizer(
  engine: AnswerEngine<Speeches>,
  options: SpeechCacheOptions,
): AnswerEngine<Speeches> {
  const cache = new AnswerCache<SpeechEvent>(options, weigh);
  const tell = tellCache(options.observe, "tts", engine.name);

  return around(engine, async (wanted) => {
    const session = await engine.open(wanted);
    if (wanted.retain === false) return session;
    const { codec, rate } = session.format;
    const voice = [engine.name, wanted.language, wanted.voice ?? "", codec, rate];
    const led = new LedAnswers();

    async function* speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechEvent> {
      const text = await shortText(request.text, options.clock, signal);
      if (text === undefined) return yield* speaking.ask(session, request, signal);
      yield* cache.answer(cacheKey(...voice, request.speed.toFixed(2), text), {
        ask: (signal) => speaking.ask(session, { ...request, text: once(text) }, signal),
        began: (done) => led.add(done),
        keep: ({ type }) => type !== "usage" && type !== "acquired",
        tell,
      }, signal);
    }

    return speaking.session(session, speak, async () => {
      await led.done();
      await session[Symbol.asyncDispose]();
    });
  });
}

function once(text: string): AsyncIterable<string> {
  return {
    async *[Symbol.asyncIterator]() {
      yield text;
    },
  };
}

function weigh(event: SpeechEvent): number {
  switch (event.type) {
    case "frame":
      return event.samples.byteLength;
    case "packets":
      return event.packets.reduce((sum, packet) => sum + packet.byteLength, 0);
    default:
      return 64;
  }
}

/** The text, if it is short, says something, and is all there soon after it has begun. */
async function shortText(
  text: AsyncIterable<string>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  const read = new AbortController();
  const found = Promise.withResolvers<string | undefined>();
  const give = (whole: string | undefined) => {
    read.abort(enough);
    found.resolve(whole);
  };
  const reading = async () => {
    let whole = "";
    for await (const piece of text) {
      if (read.signal.aborted) return;
      const begins = whole.trim() === "" && piece.trim() !== "";
      if (begins) clock.sleep(graceMs, read.signal).then(() => give(undefined), () => {});
      whole += piece;
      if (whole.length > textLimit) return give(undefined);
    }
    give(whole.trim() === "" ? undefined : whole.trim());
  };
  const onAbort = () => give(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    reading().catch(() => give(undefined));
    const whole = await found.promise;
    signal.throwIfAborted();
    return whole;
  } finally {
    signal.removeEventListener("abort", onAbort);
    read.abort(enough);
  }
}

const enough = new DOMException("Enough was read", "AbortError");
