import type { Format } from "./audio.ts";
import { PipelineError } from "./error.ts";
import { canonicalTag, type LanguageTag, matchTag, sameLanguage } from "./language.ts";
import type { Services, SessionOptions } from "./interpret.ts";
import { ownTargets, sameFormat, serves } from "./own_target.ts";
import type { LanguagePair, OwnTarget, Translator } from "./ports.ts";

type Engines = Omit<Services, "clock">;

/** What the engines together can interpret. */
export interface Capabilities {
  readonly pairs: readonly LanguagePair[];
  readonly voices: readonly { readonly name: string; readonly language: LanguageTag }[];
  readonly inputs: readonly Format[];
  readonly outputs: readonly Format[];
  readonly engines: { readonly stt: string; readonly mt: string; readonly tts: string };
}

/** What engines can that were asked for it before, by the translator's traits: with a thousand pairs it takes milliseconds to find out. */
const found = new WeakMap<
  Translator["traits"],
  { readonly stt: unknown; readonly tts: unknown; readonly can: Capabilities }
>();

/** What can be interpreted: pairs that can be heard, translated and spoken, by three engines or by fewer. */
export function capabilities(engines: Engines): Capabilities {
  const { recognizer: { traits: stt }, translator: { traits: mt }, synthesizer: { traits: tts } } = engines;
  const before = found.get(mt);
  if (before?.stt === stt && before.tts === tts && sameNames(before.can, engines)) return before.can;
  const can = combined(engines);
  found.set(mt, { stt, tts, can });
  return can;
}

function sameNames({ engines: { stt, mt, tts } }: Capabilities, engines: Engines): boolean {
  return stt === engines.recognizer.name && mt === engines.translator.name &&
    tts === engines.synthesizer.name;
}

function combined({ recognizer, translator, synthesizer }: Engines): Capabilities {
  const { voices } = synthesizer.traits;
  const { languages, translates, speaks } = recognizer.traits;
  const spoken = voices.map((voice) => voice.language);
  const speakable = ({ source, target }: LanguagePair) =>
    matchTag(source, languages) !== undefined && matchTag(target, spoken) !== undefined;
  const pairs = translator.traits.pairs.filter(speakable);
  if (translates) pairs.push(...translates.pairs.filter(speakable));
  if (speaks) pairs.push(...speaks.pairs);
  const formats = synthesizer.traits.formats.concat(speaks?.formats ?? []);
  return {
    pairs: translates || speaks ? distinct(pairs, ({ source, target }) => `${source} ${target}`) : pairs,
    voices: voices.filter((voice) => pairs.some(({ target }) => sameLanguage(target, voice.language))),
    inputs: recognizer.traits.formats,
    outputs: speaks ? distinct(formats, describe) : formats,
    engines: { stt: recognizer.name, mt: translator.name, tts: synthesizer.name },
  };
}

/** What a client asks for, as it was sent. */
export interface Wish {
  readonly source: string;
  readonly targets: readonly string[];
  readonly input: Format;
  /** What the listener can take, best first; anything the voice gives when empty. */
  readonly outputs: readonly Format[];
  readonly glossary: Readonly<Record<string, string>>;
  readonly voices: Readonly<Record<string, string>>;
}

/**
 * Turns a wish into options that the engines can serve.
 *
 * @throws {PipelineError} of kind `unsupported_language` or `invalid_request`, naming what was asked for and what there is.
 */
export function plan(wish: Wish, engines: Engines): SessionOptions {
  const can = capabilities(engines);
  const source = canonical("source", wish.source);
  const sources = [...new Set(can.pairs.map((pair) => pair.source))];
  if (!matchTag(source, sources)) {
    throw new PipelineError(
      "unsupported_language",
      `Cannot hear the source language: ${source}, expected one of ${list(sources)}`,
    );
  }
  if (wish.targets.length === 0) {
    throw new PipelineError("invalid_request", "Cannot interpret: no target language is given");
  }
  const targets = wish.targets.map((target) => canonical("target", target));
  for (const [index, target] of targets.entries()) {
    if (sameLanguage(source, target)) {
      throw new PipelineError(
        "unsupported_language",
        `Cannot interpret from ${source} to ${target}: the languages are the same`,
      );
    }
    if (targets.indexOf(target) !== index) {
      throw new PipelineError("invalid_request", `Cannot interpret: the target ${target} is given twice`);
    }
    const served = can.pairs.filter((pair) => sameLanguage(pair.source, source)).map((pair) => pair.target);
    if (!matchTag(target, served)) {
      throw new PipelineError(
        "unsupported_language",
        `Cannot interpret from ${source} to ${target}: the targets of ${source} are ${list(served)}`,
      );
    }
  }
  if (!can.inputs.some((format) => sameFormat(format, wish.input))) {
    throw new PipelineError(
      "invalid_request",
      `Cannot take the audio: ${describe(wish.input)}, expected ${list(can.inputs.map(describe))}`,
    );
  }
  const outputs = wish.outputs.length === 0
    ? can.outputs
    : can.outputs.filter((format) => wish.outputs.some((one) => sameFormat(one, format)));
  if (outputs.length === 0) {
    throw new PipelineError(
      "invalid_request",
      `Cannot give the audio: ${list(wish.outputs.map(describe))}, expected ${
        list(can.outputs.map(describe))
      }`,
    );
  }
  const own = ownTargets({ source, targets, outputs }, engines.recognizer.traits);
  for (const target of targets) demandEngine({ source, target }, { own, outputs }, engines);
  const voices: Record<LanguageTag, string> = {};
  for (const [language, name] of Object.entries(wish.voices)) {
    const target = canonical("voice language", language);
    const known = can.voices.filter((voice) => sameLanguage(voice.language, target)).map((voice) =>
      voice.name
    );
    if (!known.includes(name)) {
      throw new PipelineError(
        "invalid_request",
        `Cannot speak ${target} with the voice ${name}: expected one of ${list(known)}`,
      );
    }
    voices[target] = name;
  }
  return { source, targets, input: wish.input, outputs, glossary: wish.glossary, voices };
}

/** What a recognizer cannot do itself, for want of a format or because it is for too many at once, is for the others. */
function demandEngine(
  { source, target }: LanguagePair,
  { own, outputs }: { readonly own: readonly OwnTarget[]; readonly outputs: readonly Format[] },
  { translator, synthesizer }: Engines,
): void {
  const mine = own.find((one) => one.target === target);
  if (mine?.speech) return;
  const { voices, formats } = synthesizer.traits;
  if (
    !voices.some(({ language }) => sameLanguage(language, target)) ||
    !(mine || serves(translator.traits.pairs, source, target))
  ) {
    throw new PipelineError(
      "unsupported_language",
      `Cannot interpret from ${source} to ${target}: the engine that could is busy with other targets, or gives other audio`,
    );
  }
  if (!formats.some((format) => outputs.some((one) => sameFormat(one, format)))) {
    throw new PipelineError(
      "invalid_request",
      `Cannot give the audio of ${target}: ${list(outputs.map(describe))}, expected ${
        list(formats.map(describe))
      }`,
    );
  }
}

function distinct<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [nameOf(item), item])).values()];
}

function canonical(what: string, tag: string): LanguageTag {
  const known = canonicalTag(tag);
  if (known === undefined) {
    throw new PipelineError(
      "invalid_request",
      `Cannot read the ${what}: ${JSON.stringify(tag.slice(0, 40))}, expected a BCP 47 tag such as en`,
    );
  }
  return known;
}

function describe({ codec, rate }: Format): string {
  return `${codec} at ${rate} Hz`;
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(", ") : "none";
}
