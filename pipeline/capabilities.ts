import type { Format } from "./audio.ts";
import { PipelineError } from "./error.ts";
import { canonicalTag, type LanguageTag, matchTag, sameLanguage } from "./language.ts";
import type { Services, SessionOptions } from "./interpret.ts";

type Engines = Omit<Services, "clock">;

/** What the engines together can interpret. */
export interface Capabilities {
  readonly pairs: readonly { readonly source: LanguageTag; readonly target: LanguageTag }[];
  readonly voices: readonly { readonly name: string; readonly language: LanguageTag }[];
  readonly inputs: readonly Format[];
  readonly outputs: readonly Format[];
  readonly engines: { readonly stt: string; readonly mt: string; readonly tts: string };
}

/** What can be interpreted: pairs that can be heard, translated and spoken. */
export function capabilities({ recognizer, translator, synthesizer }: Engines): Capabilities {
  const { voices, formats } = synthesizer.traits;
  const spoken = voices.map((voice) => voice.language);
  const pairs = translator.traits.pairs.filter(({ source, target }) =>
    matchTag(source, recognizer.traits.languages) !== undefined && matchTag(target, spoken) !== undefined
  );
  return {
    pairs,
    voices: voices.filter((voice) => pairs.some(({ target }) => sameLanguage(target, voice.language))),
    inputs: recognizer.traits.formats,
    outputs: formats,
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
  if (!can.inputs.some((format) => same(format, wish.input))) {
    throw new PipelineError(
      "invalid_request",
      `Cannot take the audio: ${describe(wish.input)}, expected ${list(can.inputs.map(describe))}`,
    );
  }
  const outputs = wish.outputs.length === 0
    ? can.outputs
    : can.outputs.filter((format) => wish.outputs.some((one) => same(one, format)));
  if (outputs.length === 0) {
    throw new PipelineError(
      "invalid_request",
      `Cannot give the audio: ${list(wish.outputs.map(describe))}, expected ${
        list(can.outputs.map(describe))
      }`,
    );
  }
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

function same(one: Format, other: Format): boolean {
  return one.codec === other.codec && one.rate === other.rate;
}

function describe({ codec, rate }: Format): string {
  return `${codec} at ${rate} Hz`;
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(", ") : "none";
}
