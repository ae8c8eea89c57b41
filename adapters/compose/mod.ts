/**
 * Adapters around adapters: what makes one reliable engine of several that fail.
 *
 * From the inside out, around each engine: a deadline on the first result, measuring, a breaker, a cache; then all of them as a chain that hands over or
 * hedges; then retries, and for synthesizers a text that can be read again.
 *
 * @module
 */
import type { BackgroundTasks } from "../../flow/background_tasks.ts";
import type { Clock } from "../../flow/clock.ts";
import type {
  Engine,
  ProviderConnections,
  ProviderState,
  SpeechRecognizer,
  SpeechSynthesizer,
  Translator,
} from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import { type AnswerEngine, type Answering, type Answers, around } from "./answering.ts";
import { Breaker } from "./breaker.ts";
import { breaking } from "./breaking.ts";
import { breakingRecognizer } from "./breaking_recognizer.ts";
import { cachingSynthesizer } from "./caching_synthesizer.ts";
import { cachingTranslator } from "./caching_translator.ts";
import type { EngineObserver, EngineStage } from "./engine_event.ts";
import { fallback, type Link } from "./fallback.ts";
import { fallbackRecognizer } from "./fallback_recognizer.ts";
import { type DeadlineOptions, firstResultDeadline } from "./first_result_deadline.ts";
import { hearingDeadline } from "./hearing_deadline.ts";
import { type DeadlineRule, LatencyWindow } from "./latency_window.ts";
import { measured } from "./measured.ts";
import { measuredRecognizer } from "./measured_recognizer.ts";
import type { PriceTable } from "./prices.ts";
import { OpeningRecord, recorded } from "./recorded.ts";
import { rereading } from "./rereading.ts";
import { retrying } from "./retrying.ts";
import type { SecondLevel } from "./second_level.ts";
import { speaking } from "./speaking.ts";
import { translating } from "./translating.ts";

export type { EngineEvent, EngineObserver, EngineStage } from "./engine_event.ts";
export { kvSecondLevel, platformKv, type SecondLevel } from "./second_level.ts";
export { Budget, type BudgetState } from "./budget.ts";
export { parsePrices, type Price, PriceTable } from "./prices.ts";
export { haveCommonFormat } from "./speaking.ts";

/** What is composed around engines. */
export interface ResilientOptions {
  readonly clock: Clock;
  /** Gives numbers from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Runs the probes of open breakers and the writes of caches; to outlive the engines. */
  readonly background: BackgroundTasks;
  readonly observe: EngineObserver;
  /** Whether a second engine is asked when the first is later than usual; off by default. */
  readonly hedge?: boolean;
  /** Whether there is money for that at the moment; always when absent. */
  readonly mayHedge?: () => boolean;
  /** What providers charge; nothing when absent. */
  readonly prices?: PriceTable;
  /** The longest that a translator or synthesizer may take to its first result, in ms; 4,000 by default. */
  readonly ceilingMs?: number;
  /** Nothing is cached when absent. */
  readonly cache?: CacheOptions;
}

/** What is kept of the answers of translators and synthesizers. */
export interface CacheOptions {
  /** How much is kept for each engine. */
  readonly limitBytes: number;
  readonly maxAgeMs: number;
  /** For each engine, by its place, what else decides what it answers: its model, its settings. */
  readonly variants?: readonly string[];
  /** For translations. */
  readonly secondLevel?: SecondLevel;
}

type Chain<Port> = readonly [Owned<Port>, ...Owned<Port>[]];

/** How long an engine may take to open, and a recognizer to report on what it was given. */
const openingRule: DeadlineRule = { coldMs: 5000, floorMs: 1500, ceilingMs: 5000, factor: 3, marginMs: 0 };
const reportRule: DeadlineRule = { coldMs: 3000, floorMs: 1000, ceilingMs: 5000, factor: 2, marginMs: 50 };

/** How much later than 19 of 20 answers a first result may be, in ms. The next engine is to be asked 50 ms after that at the latest, as what was usual is only estimated. */
const marginMs = 25;

/**
 * How much longer than for a first result an engine may be silent after it. A synthesizer may be waiting for the rest of its text, and the translator
 * that is silent is to be told first.
 */
const mtSilenceMs = 1000;
const ttsSilenceMs = 5000;

/**
 * One engine of several, the first choice first: deadlines, retries, breakers, hand-over, and where wanted hedging and caches. Its `providers` tell how each
 * of them is. Disposing of it disposes of them.
 */
export function resilient(
  stage: "stt",
  engines: Chain<SpeechRecognizer>,
  options: ResilientOptions,
): Owned<SpeechRecognizer>;
export function resilient(
  stage: "mt",
  engines: Chain<Translator>,
  options: ResilientOptions,
): Owned<Translator>;
export function resilient(
  stage: "tts",
  engines: Chain<SpeechSynthesizer>,
  options: ResilientOptions,
): Owned<SpeechSynthesizer>;
export function resilient(
  ...[stage, engines, options]:
    | readonly ["stt", Chain<SpeechRecognizer>, ResilientOptions]
    | readonly ["mt", Chain<Translator>, ResilientOptions]
    | readonly ["tts", Chain<SpeechSynthesizer>, ResilientOptions]
): Owned<SpeechRecognizer> | Owned<Translator> | Owned<SpeechSynthesizer> {
  switch (stage) {
    case "stt":
      return resilientRecognizer(engines, options);
    case "mt": {
      const { cache } = options;
      const translator = resilientAnswers(translating, engines, options, (engine, index) => {
        const variant = cache?.variants?.[index] ?? "";
        return cache ? cachingTranslator(engine, { ...options, ...cache, variant }) : engine;
      });
      const after = cache?.secondLevel;
      return after ? around(translator, (wanted) => translator.open(wanted), { after }) : translator;
    }
    case "tts":
      return rereading(resilientAnswers(speaking, engines, options, (engine) => {
        const { cache } = options;
        return cache ? cachingSynthesizer(engine, { ...options, ...cache }) : engine;
      }));
  }
}

function resilientRecognizer(
  engines: Chain<SpeechRecognizer>,
  options: ResilientOptions,
): Owned<SpeechRecognizer> {
  const parts: Part[] = [];
  const guarded = map(engines, (engine) => {
    const known = latencies();
    const breaker = breakerOf("stt", engine.name, options);
    const opened = new OpeningRecord();
    const watched = recorded(engine, opened);
    const { languages: [language], formats: [format] } = engine.traits;
    parts.push({
      name: engine.name,
      breaker,
      opened,
      open: language !== undefined && format
        ? (signal) => watched.open({ languages: [language], format, glossary: {}, signal })
        : undefined,
      connections: () => engine.connections?.() ?? [],
    });
    const timed = hearingDeadline(watched, { ...options, ...known, openingRule, reportRule });
    return breakingRecognizer(measuredRecognizer(timed, { ...options, ...known }), { ...options, breaker });
  });
  return withProviders(fallbackRecognizer(guarded, options), parts);
}

function resilientAnswers<A extends Answers>(
  answering: Answering<A>,
  engines: readonly [AnswerEngine<A>, ...AnswerEngine<A>[]],
  options: ResilientOptions,
  cached: (engine: AnswerEngine<A>, index: number) => AnswerEngine<A>,
): AnswerEngine<A> {
  const { clock, observe, hedge = false, mayHedge = always, ceilingMs = 4000 } = options;
  const parts: Part[] = [];
  const chain = map(engines, (engine, index): Link<A> => {
    const known = latencies();
    const breaker = breakerOf(answering.stage, engine.name, options);
    const opened = new OpeningRecord();
    const watched = recorded(engine, opened);
    const smallest = answering.anyOptions(engine.traits);
    parts.push({
      name: engine.name,
      breaker,
      opened,
      open: smallest && ((signal) => watched.open({ ...smallest, signal })),
      connections: () => engine.connections?.() ?? [],
    });
    const deadlines: DeadlineOptions = {
      ...options,
      ...known,
      openingRule,
      firstResultRule: firstResultRule(ceilingMs, engines.length > 1 && !hedge),
      silenceMs: ceilingMs + (answering.stage === "mt" ? mtSilenceMs : ttsSilenceMs),
    };
    const timed = measured(answering, firstResultDeadline(answering, watched, deadlines), {
      ...options,
      ...known,
    });
    return {
      engine: cached(breaking(answering, timed, { ...options, breaker }), index),
      firstResult: known.firstResult,
    };
  });
  const hedgeRule = hedge && engines.length > 1 ? { hedge: firstResultRule(ceilingMs, true) } : {};
  const together = fallback(answering, chain, { clock, observe, mayHedge, ...hedgeRule });
  return withProviders(retrying(answering, together, options), parts);
}

/**
 * Where another engine can be asked, it is asked as soon as the first is later than 19 of 20 answers were; where there is none, or it is asked by hedging
 * already, waiting longer is the better choice.
 */
function firstResultRule(ceilingMs: number, another: boolean): DeadlineRule {
  const common = { coldMs: Math.min(2000, ceilingMs), ceilingMs, marginMs };
  return another
    ? { ...common, floorMs: Math.min(200, ceilingMs), factor: 1 }
    : { ...common, floorMs: Math.min(1000, ceilingMs), factor: 4 };
}

function latencies() {
  return { opening: new LatencyWindow(), firstResult: new LatencyWindow(), reports: new LatencyWindow() };
}

function breakerOf(
  stage: EngineStage,
  name: string,
  { clock, random, observe }: ResilientOptions,
): Breaker {
  const onState = (state: Breaker["state"]) => observe({ type: "breaker", stage, engine: name, state });
  return new Breaker({ name, clock, random, onState });
}

/** One provider of a chain, as it is told about. */
interface Part {
  readonly name: string;
  readonly breaker: Breaker;
  readonly opened: OpeningRecord;
  /** Opens a session as small as there is; absent where the provider can do nothing. */
  readonly open: ((signal: AbortSignal) => Promise<AsyncDisposable>) | undefined;
  readonly connections: () => readonly ProviderConnections[];
}

function withProviders<Traits, Options, Session extends AsyncDisposable>(
  engine: Owned<Engine<Traits, Options, Session>>,
  parts: readonly Part[],
): Owned<Engine<Traits, Options, Session>> {
  const providers = (): readonly ProviderState[] =>
    parts.map(({ name, breaker: { state }, opened: { problem } }) => ({
      name,
      state,
      ...(problem === undefined ? {} : { problem }),
    }));
  return around(engine, (wanted) => engine.open(wanted), {
    providers,
    connections: () => parts.flatMap(({ connections }) => connections()),
    async tryOthers(signal) {
      await Promise.all(parts.slice(1).map(({ open }) => open && tried(open, signal)));
    },
  });
}

/** What fails is recorded where it is opened. */
async function tried(
  open: (signal: AbortSignal) => Promise<AsyncDisposable>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await using _ = await open(signal);
  } catch {
    signal.throwIfAborted();
  }
}

const always = () => true;

function map<T, U>(
  [first, ...others]: readonly [T, ...T[]],
  change: (item: T, index: number) => U,
): readonly [U, ...U[]] {
  return [change(first, 0), ...others.map((item, index) => change(item, index + 1))];
}
