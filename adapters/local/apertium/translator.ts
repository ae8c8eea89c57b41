import { type Clock, systemClock } from "../../../flow/clock.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { type LanguageTag, sameLanguage } from "../../../pipeline/language.ts";
import type { Glossary, Translation, TranslationEvent, Translator } from "../../../pipeline/ports.ts";
import { Lifetime } from "../../lifetime.ts";
import type { Owned } from "../../provider.ts";
import { nullFlushing, parsePipeline } from "./command_line.ts";
import { isCaseless, withoutSentenceCapital } from "./letter_case.ts";
import { findPath, type Mode, modesOf, pairsOf } from "./modes.ts";
import { packagesFor } from "./packages.ts";
import { protectTerms } from "./protected_terms.ts";
import { SharedProcess } from "./shared_process.ts";
import { asWritten } from "./spoken_words.ts";
import { decodeText, encodeText, isWhole } from "./stream_format.ts";
import { Truecaser } from "./truecaser.ts";

/** Options of {@linkcode apertiumTranslator}. */
export interface ApertiumOptions {
  /** Where the mode files are. */
  readonly modesFolder: string;
  /** How long a translation may take, in ms; 5,000 by default. */
  readonly deadlineMs?: number;
  /** How long a pair that nobody uses is kept ready, in ms; five minutes by default. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

/** Apertium as a translator, and a way to watch its processes. */
export interface ApertiumTranslator extends Owned<Translator> {
  /** The process groups that run now: one for each pair in use and one for each dictionary that names are looked up in. */
  processGroups(): number[];
}

/** The longest text, in UTF-16 units, so that one request cannot hold up the others for long. */
const textLimit = 10_000;

/** What translates with one mode: its whole pipeline, and its first program alone. */
interface Machine {
  readonly mode: Mode;
  readonly pipeline: SharedProcess;
  readonly analyser: SharedProcess;
  readonly truecaser: Truecaser;
}

/**
 * Translates with the Apertium that is installed on this machine: rules and dictionaries, a few milliseconds a clause. A pair without
 * a mode of its own goes through a third language, Spanish if it can.
 */
export function apertiumTranslator(options: ApertiumOptions): ApertiumTranslator {
  const { modesFolder, clock = systemClock } = options;
  const lifetime = new Lifetime("translator apertium");
  const machines = new Map<string, Machine>();
  let traits: Translator["traits"] | undefined;

  function sharedProcess(
    mode: Mode,
    name: string,
    pick: (commands: string[][]) => string[][],
  ): SharedProcess {
    const commands = async () =>
      nullFlushing(pick(parsePipeline((await Deno.readTextFile(`${modesFolder}/${mode.name}.mode`)).trim())));
    return new SharedProcess({ ...options, clock, name: `Apertium's ${name}`, commands, isWhole });
  }

  function machineFor(mode: Mode): Machine {
    const known = machines.get(mode.name);
    if (known) return known;
    const analyser = sharedProcess(mode, `${mode.name} dictionary`, (commands) => commands.slice(0, 1));
    const pipeline = sharedProcess(mode, mode.name, (commands) => commands);
    const machine = { mode, pipeline, analyser, truecaser: new Truecaser(analyser) };
    machines.set(mode.name, machine);
    return machine;
  }

  return {
    name: "apertium",
    get traits() {
      return traits ??= { pairs: pairsOf(installedModes(modesFolder)) };
    },
    async open({ source, target, glossary, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      const path = findPath(installedModes(modesFolder), source, target);
      if (path.length === 0 || sameLanguage(source, target)) throw missing(source, target);
      const session = apertiumTranslation(path.map(machineFor), { source, glossary, engine: lifetime });
      try {
        await session.warmUp(signal);
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
      return session;
    },
    processGroups() {
      return [...machines.values()].flatMap(({ pipeline, analyser }) => [pipeline.group, analyser.group])
        .filter((group) => group !== undefined);
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      const processes = [...machines.values()].flatMap(({ pipeline, analyser }) => [pipeline, analyser]);
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
    },
  };
}

function installedModes(folder: string): Mode[] {
  try {
    return modesOf([...Deno.readDirSync(folder)].map((entry) => entry.name));
  } catch {
    return [];
  }
}

function missing(source: LanguageTag, target: LanguageTag): PipelineError {
  const packages = sameLanguage(source, target) ? [] : packagesFor(source, target);
  const what = `Cannot translate from ${source} to ${target}`;
  if (packages.length === 0) {
    return new PipelineError("unsupported_language", `${what}: Apertium has no such pair`);
  }
  const command = `apt-get install apertium ${packages.join(" ")}`;
  return new PipelineError("unavailable", `${what}: Apertium's pair is not installed: ${command}`);
}

function apertiumTranslation(
  machines: readonly Machine[],
  { source, glossary, engine }: { source: LanguageTag; glossary: Glossary; engine: Lifetime },
): Translation & { warmUp(signal: AbortSignal): Promise<void> } {
  const lifetime = new Lifetime("translation of apertium");
  const releases = machines.flatMap(({ pipeline, analyser }) => [pipeline.hold(), analyser.hold()]);

  async function runAll(text: string, signal: AbortSignal): Promise<string> {
    let result = text;
    for (const { pipeline } of machines) {
      result = decodeText(await pipeline.exchange(encodeText(result), signal));
    }
    return result;
  }

  async function translateText(text: string, signal: AbortSignal): Promise<string> {
    const caseless = isCaseless(text);
    const written = caseless
      ? await machines[0]!.truecaser.capitalize(asWritten(text, source), signal)
      : text;
    const run = async (text: string) => {
      const translated = await runAll(text, signal);
      return caseless ? withoutSentenceCapital(translated, text) : translated;
    };
    const terms = protectTerms(written, glossary);
    return terms.restore(await run(terms.text)) ?? await run(written);
  }

  async function* translate(request: { text: string }, outer: AbortSignal): AsyncGenerator<TranslationEvent> {
    engine.check();
    lifetime.check();
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    if (request.text.length > textLimit) {
      throw new PipelineError(
        "invalid_request",
        `Cannot translate a text: it has ${request.text.length} characters, at most ${textLimit} are allowed`,
      );
    }
    if (request.text.trim() === "") return;
    const text = await translateText(request.text, signal);
    if (text !== "") yield { type: "append", text };
    signal.throwIfAborted();
    yield { type: "usage", characters: request.text.length };
  }

  return {
    translate,
    async warmUp(outer) {
      using either = engine.link(outer);
      const { signal } = either;
      // Both at once: each takes about 0.1 s to load its dictionaries.
      await Promise.all([
        machines[0]!.truecaser.capitalize("a", signal),
        ...machines.map(({ pipeline }) => pipeline.exchange(encodeText("a"), signal)),
      ]);
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      for (const release of releases) release();
      return Promise.resolve();
    },
  };
}
