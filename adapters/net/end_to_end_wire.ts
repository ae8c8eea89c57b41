import type { LanguageTag } from "../../pipeline/language.ts";
import type { OwnTarget, OwnTranslation, RecognizerTraits, Word } from "../../pipeline/ports.ts";
import type { PacingLimit } from "./recognizer_wire.ts";
import type { SourceMap } from "./source_map.ts";

/**
 * What a provider is like that hears, translates and speaks by itself, without turns: what it asks for, declared, and how a session of it is opened.
 * All the rest is done by {@linkcode endToEndRecognizer}, for every provider alike.
 */
export interface EndToEndWire {
  /** What it is called in the configuration. */
  readonly name: string;
  /** What it is called in messages. */
  readonly provider: string;
  readonly traits: RecognizerTraits;
  /** What it takes, in samples a second, where that is one rate; audio of other rates is changed. As it comes when absent. */
  readonly rate?: number;
  /** How much audio a message holds, in ms. */
  readonly chunkMs: number;
  /** How fast it takes audio. */
  readonly pacing: PacingLimit;
  /** What is done while the source pauses. */
  readonly idle: IdleRule;
  /** How everything comes that was said before a flush. */
  readonly flush: QuietRule;
  /** The same at the end, for a provider that does not say when it is done. */
  readonly end?: QuietRule;
  /** As in {@linkcode RunningTranscriptOptions}. */
  readonly tentativePauseMs?: number | undefined;
  /**
   * Opens a session.
   *
   * @throws {PipelineError} of the kind that the refusal means.
   */
  open(wish: EndToEndWish, signal: AbortSignal): Promise<EndToEndSession>;
}

/** After `afterMs` without audio so much silence is sent, again and again; or, where it is 0, the session is told that the source pauses. */
export interface IdleRule {
  readonly afterMs: number;
  readonly silenceMs: number;
}

/** So much silence is sent, and when nothing has come for `quietMs`, or `longestMs` are over, everything has come; in ms. */
export interface QuietRule {
  readonly silenceMs: number;
  readonly quietMs: number;
  readonly longestMs: number;
}

/** What a session is to be. */
export interface EndToEndWish {
  /** What is spoken, as it was asked for. */
  readonly source: LanguageTag;
  /** Samples a second of what is sent. */
  readonly rate: number;
  readonly targets: readonly OwnTarget[];
}

/** One session of a provider, over as many connections as it takes. */
export interface EndToEndSession extends AsyncDisposable {
  /** Bytes that were sent and have not left this machine. */
  readonly waitingBytes: number;
  /** How many times the provider counts the audio; once when absent. */
  readonly counts?: number;
  /** Whether something that was reported may still change, or is known to come. */
  readonly awaiting?: boolean;
  /** Reports what comes from now on. */
  listen(report: EndToEndReport): void;
  /** Sends a piece of the source; resolves, where that takes time, when it was sent. */
  send(chunk: Int16Array): Promise<void> | void;
  /** No audio follows for the time being. */
  pause?(): void;
  /** No audio follows. Resolves when everything has come, where the provider says so. */
  end(): Promise<void> | undefined;
}

/** Who hears of what a session hears, translates and speaks. */
export interface EndToEndReport {
  /** Where in the source the audio comes from that was sent. */
  readonly map: SourceMap;
  /** Whether an utterance is open. */
  readonly speaking: boolean;
  /** Words that end before this, in ms, counted as final before the provider said so; `-Infinity` when none did. */
  readonly promotedMs: number;
  /** More of the transcript: a fragment that may end within a word, said up to `atMs` of what was sent, up to now when absent. */
  wrote(fragment: string, atMs?: number): void;
  /** Words on the source's clock that will not change, and what may follow them and still change. */
  said(words: readonly Word[], tentative: readonly Word[]): void;
  translated(translation: Omit<OwnTranslation, "type">): void;
  /** More speech for a target: 16-bit little-endian samples, in pieces of any length. */
  spoke(target: LanguageTag, bytes: Uint8Array): void;
  /** What the provider counts beside audio. */
  used(usage: { readonly tokens: number }): void;
  /** Nothing more comes, for a reason that ends the hearing. */
  failed(error: unknown): void;
}
