import type { Audio, Format } from "./audio.ts";
import type { LanguageTag } from "./language.ts";

/**
 * What the pipeline needs from the outside: an engine that hears, one that translates, one that speaks. An adapter is one
 * implementation of a port. Everything that waits takes a signal and rejects with its reason; every failure of an adapter is a
 * {@linkcode PipelineError}.
 */
export interface Engine<Traits, Options, Session extends AsyncDisposable> {
  /** Which provider this is, for timings, metrics and messages: `pocketsphinx`, `deepgram`. */
  readonly name: string;
  /** What it can do, known without asking it. */
  readonly traits: Traits;
  /**
   * Opens a session. To open early is to warm up; to open and dispose is to probe.
   *
   * @throws {PipelineError} when the engine is not there, does not speak the language, or has no room.
   */
  open(options: Options & Opening): Promise<Session>;
  /** The providers that it is made of and how each of them is, the first choice first; absent where there is only itself. */
  providers?(): readonly ProviderState[];
  /**
   * Tries those of its providers that stand in for the first, each with a session of its own, for `providers` to tell how they are; absent where there
   * is only itself. What fails is told there and nowhere else.
   */
  tryOthers?(signal: AbortSignal): Promise<void>;
  /** How the connections to its providers are used just now, for those that count them; absent where none does. */
  connections?(): readonly ProviderConnections[];
}

/** How the connections to one provider are used. */
export interface ProviderConnections extends Connections {
  readonly name: string;
}

/** How many connections to a provider are used, how many are open and wait to be used, and how much waits for its turn. */
export interface Connections {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Work that belongs to a trace. */
export interface Traced {
  /** What providers are told of the trace, in the header `traceparent` (W3C Trace Context, 3.2); absent where nobody records it. */
  readonly traceParent?: string;
}

/** What every session is opened with. */
export interface Opening extends Traced {
  readonly signal: AbortSignal;
  /** Whether what comes of the session may be kept, to be used again for others; true by default. */
  readonly retain?: boolean;
}

/** How a provider is: asked, left alone because it failed too often, or being tried out. */
export interface ProviderState {
  readonly name: string;
  readonly state: "closed" | "open" | "half_open";
  /** Why it could not be used when it was tried last, and what to do; absent when it could, or was not tried yet. */
  readonly problem?: string;
}

/** Terms that have to be heard, and how they are to be translated: `{ "Parley": "Parley" }`. */
export type Glossary = Readonly<Record<string, string>>;

/** What a provider charged for, to be counted. */
export interface Usage {
  readonly type: "usage";
  readonly audioMs?: number;
  readonly characters?: number;
  readonly tokens?: number;
}

/** The provider was got hold of for what was asked, before anything else is reported of it: by a connection, where it is known, or a place among its requests. */
export interface Acquired {
  readonly type: "acquired";
  /** How long that took, in ms. */
  readonly waitedMs: number;
  /** Whether the connection was open before. */
  readonly reused: boolean;
}

/** One recognised word. */
export interface Word {
  /** As it is written, with the punctuation that belongs to it. */
  readonly text: string;
  /** Where it begins and ends on the source clock, in ms. */
  readonly startMs: number;
  readonly endMs: number;
  /** Whether the recognizer gave the times or they were derived. */
  readonly timing: "measured" | "estimated";
  readonly speaker?: string;
}

/** What goes into a recognizer, in order: audio, and the request to finish what was heard so far. */
export type Input = Audio | Flush;

/** Asks for everything that was heard so far to become final; answered by `flushed` with the same id. */
export interface Flush {
  readonly type: "flush";
  readonly id: number;
}

/** What a recognizer reports. Positions count source samples. */
export type HearingEvent =
  | { readonly type: "speech_started"; readonly utterance: number; readonly position: number }
  | { readonly type: "endpoint"; readonly utterance: number; readonly position: number }
  | Hypothesis
  | Progress
  | OwnTranslation
  | OwnSpeech
  | { readonly type: "flushed"; readonly id: number }
  | Usage;

/** More of a translation that the recognizer makes itself, for one of the targets that it was opened with. */
export interface OwnTranslation {
  readonly type: "translation";
  /** As it was written in {@linkcode RecognizerOptions}. */
  readonly target: LanguageTag;
  /** Text that follows what was appended for this target before, with the spaces that belong to it; never taken back, may be empty. */
  readonly append: string;
  /** What may come next and still change; replaces that of the event before. */
  readonly tentative: string;
  /**
   * Where in the source the appended text comes from, in samples: from there where the event before ended, up to here; what an event without
   * text covers is left out. Absent where the recognizer does not know; then the punctuation marks of both texts tell what belongs together.
   */
  readonly sourceTo?: number;
}

/** More of the speech that the recognizer makes itself, for one of the targets that it was opened to speak. */
export interface OwnSpeech {
  readonly type: "speech";
  /** As it was written in {@linkcode RecognizerOptions}. */
  readonly target: LanguageTag;
  /** In the format that was asked for, in pieces of at most 200 ms. Positions count the samples of this target. */
  readonly audio: Audio;
}

/**
 * Nothing new was recognised, but the recognizer listened on: in speech the last hypothesis still stands, in silence there is none. Reported
 * at least every 100 ms of media time in speech and every second in silence, so that words can age and what was heard can be forgotten.
 */
export interface Progress {
  readonly type: "progress";
  /** How far the recognizer has listened, in source samples. */
  readonly heardTo: number;
  /** As in {@linkcode Hypothesis}. */
  readonly settledTo: number;
}

/**
 * What a recognizer believes was said in an utterance so far. Exactly one hypothesis of an utterance is final, and it is the last. The
 * first `stable` words are the same in every later hypothesis of the utterance.
 */
export interface Hypothesis {
  readonly type: "hypothesis";
  readonly utterance: number;
  readonly words: readonly Word[];
  readonly stable: number;
  readonly final: boolean;
  readonly language: LanguageTag;
  /** How far the recognizer has listened. */
  readonly heardTo: number;
  /** Everything before is final: another recognizer could go on from here. */
  readonly settledTo: number;
}

/** A recognizer at work on one source. */
export interface Hearing extends AsyncDisposable {
  /** Hears until the input ends, then reports what is left and ends. May be called once. */
  hear(input: AsyncIterable<Input>, signal: AbortSignal): AsyncIterable<HearingEvent>;
}

/** What a recognizer can do. */
export interface RecognizerTraits {
  readonly languages: readonly LanguageTag[];
  /** What it takes, best first. */
  readonly formats: readonly Format[];
  /** How long, in ms of media time, a word of an interim hypothesis has to stay the same before it can be trusted. */
  readonly stableAfterMs: number;
  /** What it can translate itself; nothing where absent. */
  readonly translates?: OwnTranslations;
  /** What it can speak itself, from speech to speech: such targets need neither translator nor synthesizer. */
  readonly speaks?: OwnTargets & {
    /** What it gives, best first. */
    readonly formats: readonly Format[];
  };
}

/** A language and one that it can be translated into. */
export interface LanguagePair {
  readonly source: LanguageTag;
  readonly target: LanguageTag;
}

/** What a recognizer serves without a translator. */
export interface OwnTargets {
  readonly pairs: readonly LanguagePair[];
  /** How many targets a session can have at once. */
  readonly atOnce: number;
}

/** What a recognizer translates itself. */
export interface OwnTranslations extends OwnTargets {
  /**
   * Where the place of all text is known: how long after the end of its sentence a translation may come, in ms of media time. What has not come by then, or
   * before the answer to a flush, counts as missing, and is the translator's to do. Where absent, nobody can tell what is missing from what another text holds.
   */
  readonly withinMs?: number;
}

/** A target that a recognizer is to serve itself. */
export interface OwnTarget {
  readonly target: LanguageTag;
  /** What its speech is to be like; where absent, text alone is wanted. */
  readonly speech?: Format;
}

/** Options of a recognizer's session. */
export interface RecognizerOptions {
  /** What may be spoken; one entry fixes it. */
  readonly languages: readonly LanguageTag[];
  readonly format: Format;
  readonly glossary: Glossary;
  /** What it is to translate, and speak, itself; within its traits, and nothing where absent. */
  readonly targets?: readonly OwnTarget[];
}

/** Speech to text. */
export type SpeechRecognizer = Engine<RecognizerTraits, RecognizerOptions, Hearing>;

/** A segment and its translation. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** A request to translate one segment. */
export interface TranslationRequest extends Traced {
  readonly segment: number;
  readonly text: string;
  /** The last segments with their translations, oldest first: context, not to be translated again. */
  readonly history: readonly Pair[];
}

/** What a translator reports: text to be appended to what it gave before, and where it knows, what may follow and still change. */
export type TranslationEvent =
  | { readonly type: "append"; readonly text: string; readonly tentative?: string }
  | Acquired
  | Usage;

/** A translator at work on one pair of languages. */
export interface Translation extends AsyncDisposable {
  translate(request: TranslationRequest, signal: AbortSignal): AsyncIterable<TranslationEvent>;
}

/** What a translator can do. */
export interface TranslatorTraits {
  readonly pairs: readonly LanguagePair[];
}

/** Options of a translator's session. */
export interface TranslatorOptions {
  readonly source: LanguageTag;
  readonly target: LanguageTag;
  readonly glossary: Glossary;
}

/** Text to text. */
export type Translator = Engine<TranslatorTraits, TranslatorOptions, Translation>;

/** What a synthesizer reports. Positions count from the first sample of this text. */
export type SpeechEvent =
  | Audio
  | { readonly type: "mark"; readonly character: number; readonly position: number }
  | Acquired
  | Usage;

/** How a text is to be spoken. */
export interface SpeechOptions extends Traced {
  readonly segment: number;
  readonly speed: number;
}

/** A voice, ready to speak. */
export interface Voice extends AsyncDisposable {
  /** What its audio is like: the same for everything it speaks. */
  readonly format: Format;
  /**
   * Speaks a text that may still be coming in. `speed` is a factor: 1 is natural, 1.25 a quarter faster. Audio comes as soon as there is
   * some, in pieces of at most 200 ms.
   */
  speak(
    text: AsyncIterable<string>,
    options: SpeechOptions,
    signal: AbortSignal,
  ): AsyncIterable<SpeechEvent>;
}

/** What a synthesizer can do. */
export interface SynthesizerTraits {
  readonly voices: readonly { readonly name: string; readonly language: LanguageTag }[];
  /** What it gives, best first. */
  readonly formats: readonly Format[];
  /** The slowest and the fastest `speed` that still sounds right. */
  readonly speeds: { readonly min: number; readonly max: number };
}

/** Options of a synthesizer's session. */
export interface SynthesizerOptions {
  readonly language: LanguageTag;
  /** A name from the traits; the adapter's choice for the language when absent. */
  readonly voice?: string;
  /** What the listener can take, best first; the first one that the engine can give is used. */
  readonly formats: readonly Format[];
}

/** Text to speech. */
export type SpeechSynthesizer = Engine<SynthesizerTraits, SynthesizerOptions, Voice>;
