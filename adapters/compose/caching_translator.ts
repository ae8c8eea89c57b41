import type { BackgroundTasks } from "../../flow/background_tasks.ts";
import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import type {
  Glossary,
  TranslationEvent,
  TranslationRequest,
  TranslatorOptions,
} from "../../pipeline/ports.ts";
import { AnswerCache, type AnswerCacheOptions, cacheKey, tellCache } from "./answer_cache.ts";
import { type AnswerEngine, around } from "./answering.ts";
import type { EngineObserver } from "./engine_event.ts";
import { LedAnswers } from "./led_answers.ts";
import type { SecondLevel } from "./second_level.ts";
import { translating, type Translations } from "./translating.ts";

/** The longest text whose translation is kept, in UTF-16 units: what is longer does not come back. */
const textLimit = 200;
/** How long the second level may take to look something up, and to write it, in ms. */
const lookUpMs = 50;
const writeMs = 2000;

/** Options of {@linkcode cachingTranslator}. */
export interface TranslationCacheOptions extends AnswerCacheOptions {
  readonly observe: EngineObserver;
  readonly background: BackgroundTasks;
  /** What else decides how the engine translates: its model and its settings. */
  readonly variant: string;
  readonly secondLevel?: SecondLevel;
}

/**
 * A translator that gives again what it gave before for the same text, pair and glossary. The history is no part of the key: with it, hardly anything
 * would come back, and short phrases that do come back hardly depend on it. Sessions with `retain: false` go past it.
 */
export function cachingTranslator(
  engine: AnswerEngine<Translations>,
  options: TranslationCacheOptions,
): AnswerEngine<Translations> {
  const { clock, background, variant, secondLevel, observe } = options;
  const cache = new AnswerCache<TranslationEvent>(options, weigh);
  const tell = tellCache(observe, "mt", engine.name);

  async function* ask(
    key: string,
    inner: () => AsyncIterable<TranslationEvent>,
    signal: AbortSignal,
  ): AsyncGenerator<TranslationEvent> {
    if (!secondLevel) return yield* inner();
    const known = await lookUp(secondLevel, key, clock, signal);
    if (known !== undefined) {
      tell("second");
      yield { type: "append", text: known };
      return;
    }
    let text = "";
    for await (const event of inner()) {
      if (event.type === "append") text += event.text;
      yield event;
    }
    if (text === "") return;
    background.start("cache write", (signal) => secondLevel.set(key, text, signal), { deadlineMs: writeMs });
  }

  return around(engine, async (wanted) => {
    const session = await engine.open(wanted);
    if (wanted.retain === false) return session;
    const led = new LedAnswers();
    const keyOf = keysOf(engine.name, variant, wanted);

    async function* translate(
      request: TranslationRequest,
      signal: AbortSignal,
    ): AsyncGenerator<TranslationEvent> {
      const text = request.text.trim().replaceAll(/\s+/g, " ").normalize("NFC");
      if (text === "" || text.length > textLimit) return yield* session.translate(request, signal);
      const key = keyOf(text);
      yield* cache.answer(key, {
        ask: (signal) => ask(key, () => session.translate(request, signal), signal),
        began: (done) => led.add(done),
        keep: isText,
        tell,
      }, signal);
    }

    return translating.session(session, translate, async () => {
      await led.done();
      await session[Symbol.asyncDispose]();
    });
  });
}

function keysOf(
  engine: string,
  variant: string,
  { source, target, glossary }: TranslatorOptions,
): (text: string) => string {
  const terms = termsOf(glossary);
  return (text) => cacheKey(engine, variant, source, target, terms, text);
}

function termsOf(glossary: Glossary): string {
  return JSON.stringify(Object.entries(glossary).sort(([one], [other]) => one < other ? -1 : 1));
}

function isText(event: TranslationEvent): boolean {
  return event.type === "append";
}

function weigh(event: TranslationEvent): number {
  return event.type === "append" ? 2 * event.text.length : 0;
}

/** What the second level knows, unless it takes too long or fails: it is never needed. */
async function lookUp(
  secondLevel: SecondLevel,
  key: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  using enough = new LinkedAbort(signal);
  const tooLong = clock.sleep(lookUpMs, enough.signal);
  try {
    const found = secondLevel.get(key, signal).catch(() => undefined);
    return await Promise.race([found, tooLong.then(() => undefined)]);
  } finally {
    enough.abort();
  }
}
