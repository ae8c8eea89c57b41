import * as v from "valibot";
import {
  type CacheOptions,
  type EngineObserver,
  haveCommonFormat,
  kvSecondLevel,
  parsePrices,
  platformKv,
  PriceTable,
  resilient,
  type ResilientOptions,
} from "./adapters/compose/mod.ts";
import { providers } from "./adapters/mod.ts";
import type { Owned, Provider } from "./adapters/provider.ts";
import { BackgroundTasks } from "./flow/background_tasks.ts";
import { type Clock, systemClock } from "./flow/clock.ts";
import { isLoopback } from "./flow/loopback.ts";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "./pipeline/ports.ts";

/** Everything that the environment decides. */
export interface Config {
  readonly hostname: string;
  readonly port: number;
  /** Whether the address can be reached from this machine only. */
  readonly loopback: boolean;
  /** Who may speak; nobody has to show a key on loopback when this is empty. */
  readonly apiKeys: readonly string[];
  /** Origins whose pages may open a socket, besides the service's own. */
  readonly origins: readonly string[];
  readonly maxSessions: number;
  /** No session is started while the event loop is later than this on average, in ms. */
  readonly maxLoopLagMs: number;
  /** No session is started while the process holds more than this. */
  readonly maxMemoryBytes: number;
  /** How long a session waits for its client to come back, in ms. */
  readonly resumeMs: number;
  /** What may be spent on providers within 24 hours, in the currency of the prices; no bound when absent. */
  readonly budget: number | undefined;
  /** Whether clauses are translated before they are certain. */
  readonly guess: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /**
   * Makes the engines; to be called once.
   *
   * @throws {ConfigError} when engines that are to stand in for each other cannot.
   */
  createEngines(surroundings?: Partial<EngineSurroundings>): Engines;
}

/** What the engines are made with: the machine's time, nobody who is told, and background work of their own by default. */
export interface EngineSurroundings {
  readonly clock: Clock;
  /** Runs probes and cache writes; to be drained after the engines were disposed. */
  readonly background: BackgroundTasks;
  readonly observe: EngineObserver;
  /** Whether there is money for asking a second provider. */
  readonly mayHedge: () => boolean;
}

/** The engines of a service. */
export interface Engines {
  readonly recognizer: Owned<SpeechRecognizer>;
  readonly translator: Owned<Translator>;
  readonly synthesizer: Owned<SpeechSynthesizer>;
}

/** The environment has problems: all of them, one to a line. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `Cannot start: the environment has ${problems.length} problem(s)\n${
        problems.map((line) => `  ${line}`).join("\n")
      }`,
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const list = v.pipe(
  v.optional(v.string(), ""),
  v.transform((text) => text.split(",").map((part) => part.trim()).filter((part) => part !== "")),
);

const whole = (fallback: string, min: number, max: number) =>
  v.pipe(
    v.optional(v.string(), fallback),
    v.regex(/^\d+$/, "expected a whole number"),
    v.transform(Number),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
  );

/** One or several of the providers of a port, the first choice first. */
const choice = (port: readonly { readonly name: string }[]) => {
  const names = port.map(({ name }) => name);
  return v.pipe(
    v.optional(v.string(), names[0]!),
    v.transform(chainOf),
    v.check(
      (chosen) => chosen.length > 0 && chosen.every((name) => names.includes(name)),
      `expected one or several of ${names.join(", ")}, separated by commas`,
    ),
    v.check((chosen) => new Set(chosen).size === chosen.length, "expected each engine once"),
  );
};

function chainOf(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}

const onOrOff = (fallback: "on" | "off") =>
  v.pipe(
    v.optional(v.picklist(["on", "off"], "expected on or off"), fallback),
    v.transform((word) => word === "on"),
  );

const providerNames = new Set(Object.values(providers).flat().map(({ name }) => name));

/** What providers charge: nothing that is not said here. */
const priceTable = v.pipe(
  v.optional(v.string(), ""),
  v.transform(parsePrices),
  v.check(
    ({ unreadable }) => unreadable.length === 0,
    ({ input }) =>
      `expected provider=amount/unit, separated by commas, such as deepl=25/million characters; cannot read number ${
        input.unreadable.join(", ")
      }`,
  ),
  v.check(
    ({ prices }) => prices.every(({ provider }) => providerNames.has(provider)),
    `expected providers that there are: ${[...providerNames].join(", ")}`,
  ),
  v.transform(({ prices }) => prices),
);

const ownSettings = {
  PARLEY_HOST: v.pipe(
    v.optional(v.string()),
    v.description("The address to listen on; 127.0.0.1 by default, every address on a hosting platform"),
  ),
  PARLEY_PORT: v.pipe(whole("8000", 0, 65_535), v.description("The port to listen on; 0 takes a free one")),
  PARLEY_API_KEYS: v.pipe(
    list,
    v.check((keys) => keys.every((key) => key.length >= 16), "expected keys of at least 16 characters"),
    v.description("Keys that clients have to show, separated by commas"),
  ),
  PARLEY_ORIGINS: v.pipe(list, v.description("Origins whose pages may connect, separated by commas, or *")),
  PARLEY_MAX_SESSIONS: v.pipe(whole("500", 1, 100_000), v.description("How many sessions run at once")),
  PARLEY_MAX_LOOP_LAG_MS: v.pipe(
    whole("100", 1, 60_000),
    v.description("How late the event loop may be, on average, for a session to be started"),
  ),
  PARLEY_MAX_MEMORY_MB: v.pipe(
    v.optional(whole("64", 64, 1_000_000)),
    v.description(
      "What the process may hold for a session to be started; 2048 by default, 400 on a hosting platform",
    ),
  ),
  PARLEY_RESUME_SECONDS: v.pipe(
    whole("30", 1, 600),
    v.description("How long a session waits for its client to come back after a cut"),
  ),
  PARLEY_PRICES: v.pipe(
    priceTable,
    v.description(
      "What providers charge, such as deepgram=0.0077/minute, deepl=25/million characters, tts:azure=16/million characters",
    ),
  ),
  PARLEY_BUDGET: v.pipe(
    v.optional(v.pipe(
      v.string(),
      v.regex(/^\d+(\.\d+)?$/, "expected an amount"),
      v.transform(Number),
      v.gtValue(0, "expected more than 0"),
    )),
    v.description(
      "What this instance may spend in 24 hours, in the currency of PARLEY_PRICES: then it hedges no more, starts no more sessions, and at last ends them",
    ),
  ),
  PARLEY_LOG_LEVEL: v.pipe(
    v.optional(v.picklist(["debug", "info", "warn", "error"], "expected debug, info, warn or error"), "info"),
    v.description("The least important lines that are logged"),
  ),
  PARLEY_STT: v.pipe(
    choice(providers.stt),
    v.description(
      "Which engine hears; several, separated by commas, stand in for each other, the first choice first",
    ),
  ),
  PARLEY_MT: v.pipe(
    choice(providers.mt),
    v.description("Which engine translates; several as for PARLEY_STT"),
  ),
  PARLEY_TTS: v.pipe(choice(providers.tts), v.description("Which engine speaks; several as for PARLEY_STT")),
  PARLEY_HEDGE: v.pipe(
    onOrOff("off"),
    v.description(
      "Whether the next translator or voice is asked, too, when the first is later than usual: on or off",
    ),
  ),
  PARLEY_GUESS: v.pipe(
    onOrOff("on"),
    v.description(
      "Whether a clause is translated before it is certain, where the translator is slow; what was guessed wrong is thrown away: on or off",
    ),
  ),
  PARLEY_FIRST_RESULT_MS: v.pipe(
    whole("4000", 500, 30_000),
    v.description("The longest that a translator or voice may take to its first result, in ms"),
  ),
  PARLEY_CACHE_MB: v.pipe(
    whole("16", 0, 4096),
    v.description(
      "How many megabytes of translations and short phrases are kept for each engine; 0 keeps nothing",
    ),
  ),
  PARLEY_CACHE_MINUTES: v.pipe(whole("60", 1, 10_080), v.description("How long they are kept")),
  PARLEY_CACHE_KV: v.pipe(
    onOrOff("off"),
    v.description("Whether translations are kept in Deno KV, too, where the platform has it: on or off"),
  ),
  DENO_DEPLOYMENT_ID: v.pipe(v.optional(v.string()), v.description("Set by the hosting platform")),
};

/** What the command line reads: of no meaning here, and no mistake. */
const clientVariables = ["PARLEY_API_KEY"];

/** More than 500 sessions of ours need; and what leaves room in the 512 MB of a small hosted instance. */
const memoryMb = 2048;
const hostedMemoryMb = 400;

/** Names that are ours: a misspelled one is told rather than ignored. */
const ownPrefix = "PARLEY_";

/**
 * Reads the environment, the only place that does.
 *
 * @throws {ConfigError} naming every problem at once: the variable and what is expected of it, never its value.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const own = read(ownSettings, env, problems);
  const create = <Port>(choices: readonly Provider<Port>[], names: readonly string[]) => {
    const makers = names.flatMap((name) => {
      const provider = choices.find((provider) => provider.name === name);
      if (!provider) return [];
      const settings = read(provider.settings, env, problems);
      return [{ variant: variantOf(settings ?? {}), make: () => provider.create(settings!) }];
    });
    const [first, ...others] = makers;
    return {
      variants: makers.map(({ variant }) => variant),
      make: () => [first!.make(), ...others.map(({ make }) => make())] as const,
    };
  };
  const chosen = own ?? chosenIn(env);
  const recognizers = create(providers.stt, chosen.PARLEY_STT);
  const translators = create(providers.mt, chosen.PARLEY_MT);
  const synthesizers = create(providers.tts, chosen.PARLEY_TTS);
  const known = new Set([...knownVariables(), ...clientVariables]);
  for (const name of Object.keys(env)) {
    if (name.startsWith(ownPrefix) && !known.has(name)) {
      problems.push(
        `${name}: no such setting, expected one of ${
          [...known].filter((one) => one.startsWith(ownPrefix)).join(", ")
        }`,
      );
    }
  }
  if (own?.PARLEY_BUDGET !== undefined && own.PARLEY_PRICES.length === 0) {
    problems.push("PARLEY_BUDGET: expected PARLEY_PRICES with it, to know what is spent");
  }
  if (!own || problems.length > 0) throw new ConfigError(problems);
  const hosted = own.DENO_DEPLOYMENT_ID !== undefined;
  const hostname = own.PARLEY_HOST ?? (hosted ? "0.0.0.0" : "127.0.0.1");
  return {
    hostname,
    port: own.PARLEY_PORT,
    loopback: !hosted && isLoopback(hostname),
    apiKeys: own.PARLEY_API_KEYS,
    origins: own.PARLEY_ORIGINS,
    maxSessions: own.PARLEY_MAX_SESSIONS,
    maxLoopLagMs: own.PARLEY_MAX_LOOP_LAG_MS,
    maxMemoryBytes: (own.PARLEY_MAX_MEMORY_MB ?? (hosted ? hostedMemoryMb : memoryMb)) * 2 ** 20,
    resumeMs: own.PARLEY_RESUME_SECONDS * 1000,
    budget: own.PARLEY_BUDGET,
    guess: own.PARLEY_GUESS,
    logLevel: own.PARLEY_LOG_LEVEL,
    createEngines(surroundings = {}) {
      const options = resilience(own, surroundings);
      const cache = cacheOf(own);
      const voices = synthesizers.make();
      if (!haveCommonFormat(voices.map(({ traits }) => traits))) {
        throw new ConfigError([
          `PARLEY_TTS: expected engines that share an output format, to stand in for each other`,
        ]);
      }
      const { variants } = translators;
      return {
        recognizer: resilient("stt", recognizers.make(), options),
        translator: resilient("mt", translators.make(), {
          ...options,
          ...(cache ? { cache: { ...cache, variants } } : {}),
        }),
        synthesizer: resilient("tts", voices, { ...options, ...(cache ? { cache } : {}) }),
      };
    },
  };
}

/** Every setting there is, with its description, in the order in which a manual would list them. */
export function describeSettings(): readonly { readonly name: string; readonly description: string }[] {
  const described = new Map<string, string>();
  for (
    const entries of [
      ownSettings,
      ...Object.values(providers).flat().map((provider) => provider.settings),
    ]
  ) {
    for (const [name, schema] of Object.entries(entries)) described.set(name, v.getDescription(schema) ?? "");
  }
  return [...described].map(([name, description]) => ({ name, description }));
}

function knownVariables(): ReadonlySet<string> {
  return new Set(describeSettings().map(({ name }) => name));
}

/** What the environment names, for the problems of those providers to be told together with the others. */
function chosenIn(env: Readonly<Record<string, string | undefined>>) {
  return {
    PARLEY_STT: chainOf(env["PARLEY_STT"] ?? providers.stt[0]!.name),
    PARLEY_MT: chainOf(env["PARLEY_MT"] ?? providers.mt[0]!.name),
    PARLEY_TTS: chainOf(env["PARLEY_TTS"] ?? providers.tts[0]!.name),
  };
}

type OwnSettings = v.InferOutput<v.ObjectSchema<typeof ownSettings, undefined>>;

function resilience(own: OwnSettings, surroundings: Partial<EngineSurroundings>): ResilientOptions {
  const { clock = systemClock, observe = () => {}, mayHedge = () => true } = surroundings;
  return {
    clock,
    observe,
    mayHedge,
    prices: new PriceTable(own.PARLEY_PRICES),
    random: Math.random,
    background: surroundings.background ?? new BackgroundTasks({ clock }),
    hedge: own.PARLEY_HEDGE,
    ceilingMs: own.PARLEY_FIRST_RESULT_MS,
  };
}

function cacheOf(own: OwnSettings): CacheOptions | undefined {
  if (own.PARLEY_CACHE_MB === 0) return undefined;
  const maxAgeMs = own.PARLEY_CACHE_MINUTES * 60_000;
  const openKv = own.PARLEY_CACHE_KV ? platformKv() : undefined;
  return {
    limitBytes: own.PARLEY_CACHE_MB * 1_000_000,
    maxAgeMs,
    ...(openKv ? { secondLevel: kvSecondLevel(openKv, maxAgeMs) } : {}),
  };
}

/** What tells the answers of two configurations of one provider apart: its settings, but no secret. */
function variantOf(settings: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(settings).filter(([name]) => !/KEY|TOKEN|SECRET/.test(name)));
}

function read<Entries extends v.ObjectEntries>(
  entries: Entries,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): v.InferOutput<v.ObjectSchema<Entries, undefined>> | undefined {
  const set = Object.fromEntries(
    Object.keys(entries).flatMap((name) => env[name] === undefined ? [] : [[name, env[name]]]),
  );
  const result = v.safeParse(v.object(entries), set);
  if (result.success) return result.output;
  for (const issue of result.issues) problems.push(`${v.getDotPath(issue)}: ${issue.message}`);
  return undefined;
}
