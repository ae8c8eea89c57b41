import * as v from "valibot";
import { providers } from "./adapters/mod.ts";
import type { Owned, Provider } from "./adapters/provider.ts";
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
  /** How long a session waits for its client to come back, in ms. */
  readonly resumeMs: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Makes the engines; to be called once. */
  createEngines(): Engines;
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

const choice = (port: readonly { readonly name: string }[]) => {
  const names = port.map(({ name }) => name);
  return v.optional(v.picklist(names, `expected one of ${names.join(", ")}`), names[0]!);
};

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
  PARLEY_RESUME_SECONDS: v.pipe(
    whole("30", 1, 600),
    v.description("How long a session waits for its client to come back after a cut"),
  ),
  PARLEY_LOG_LEVEL: v.pipe(
    v.optional(v.picklist(["debug", "info", "warn", "error"], "expected debug, info, warn or error"), "info"),
    v.description("The least important lines that are logged"),
  ),
  PARLEY_STT: v.pipe(choice(providers.stt), v.description("Which engine hears")),
  PARLEY_MT: v.pipe(choice(providers.mt), v.description("Which engine translates")),
  PARLEY_TTS: v.pipe(choice(providers.tts), v.description("Which engine speaks")),
  DENO_DEPLOYMENT_ID: v.pipe(v.optional(v.string()), v.description("Set by the hosting platform")),
};

/** What the command line reads: of no meaning here, and no mistake. */
const clientVariables = ["PARLEY_API_KEY"];

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
  const create = <Port>(variable: string, choices: readonly Provider<Port>[], name: string | undefined) => {
    const provider = choices.find((provider) => provider.name === (name ?? choices[0]!.name));
    if (!provider) {
      return () => {
        throw new TypeError(`Cannot make an engine: ${variable} names none`);
      };
    }
    const settings = read(provider.settings, env, problems);
    return () => provider.create(settings!);
  };
  const chosen = own ?? fallbackChoice(env);
  const recognizer = create("PARLEY_STT", providers.stt, chosen.PARLEY_STT);
  const translator = create("PARLEY_MT", providers.mt, chosen.PARLEY_MT);
  const synthesizer = create("PARLEY_TTS", providers.tts, chosen.PARLEY_TTS);
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
    resumeMs: own.PARLEY_RESUME_SECONDS * 1000,
    logLevel: own.PARLEY_LOG_LEVEL,
    createEngines: () => ({ recognizer: recognizer(), translator: translator(), synthesizer: synthesizer() }),
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

function fallbackChoice(env: Readonly<Record<string, string | undefined>>) {
  return { PARLEY_STT: env["PARLEY_STT"], PARLEY_MT: env["PARLEY_MT"], PARLEY_TTS: env["PARLEY_TTS"] };
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
