import type { ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Glossary, RecognizerTraits } from "../../pipeline/ports.ts";

/**
 * What the wire of a recognizer over a socket has to say: what the provider asks for, declared, and its messages, read and written. It is pure: no clock, no
 * socket. All the rest is done by {@linkcode recognizerOverSocket}, for every provider alike.
 */
export interface RecognizerWire {
  /** What it is called in the configuration. */
  readonly name: string;
  /** What it is called in messages. */
  readonly provider: string;
  readonly traits: Omit<RecognizerTraits, "formats">;
  /** What it takes as 16-bit samples, best first, in samples a second. */
  readonly rates: readonly number[];
  /** How much audio a message holds. */
  readonly chunk: ChunkLimits;
  /** How fast it takes audio; as fast as it comes when absent. */
  readonly pacing?: PacingLimit;
  /** How it answers when all that was sent is to become final. */
  readonly finalize: FinalizeAnswer;
  /** What it has to get while no audio flows; nothing when absent. */
  readonly keepalive?: Keepalive;
  /** What its end is like. */
  readonly end: EndAnswer;
  /** How long a connection may last, in ms; without limit when absent. The next one takes its place at an endpoint before that. */
  readonly sessionLimitMs?: number;
  /** How many connections there may be at a time with one key: what its plan allows. */
  readonly concurrency: number;
  /** What is charged: the audio that was sent, the time that a connection lasts, or what its `usage` events say. */
  readonly billing: "audio" | "session" | "reported";
  /**
   * For a provider that says nothing while nobody speaks: how long after it was sent, in ms of the clock, what was spoken in a piece of audio would have been
   * told. After that the piece counts as heard. When absent, only what events tell with `toMs` counts.
   */
  readonly lagMs?: number;
  /** The same while an utterance is open: shorter where its words come only when it is over. As `lagMs` when absent. */
  readonly speakingLagMs?: number;
  /**
   * How long an utterance may be without a word, in ms of media time, until it counts as no speech: longer where words come only when it is over. 3,000 by
   * default.
   */
  readonly wordlessMs?: number;
  /** What a close code and its reason mean, where `kindOfClose` does not say it. */
  readonly closing?: (code: number, reason: string) => ErrorKind | undefined;
  /**
   * What there is to one connection. Called once for each: a session has several when it outlasts the limit or the line.
   *
   * @throws {PipelineError} `unsupported_language` when it cannot hear these languages together.
   */
  connection(speech: WireSpeech): WireConnection;
}

/** How much audio a message holds, in ms. */
export interface ChunkLimits {
  readonly bestMs: number;
  /** A shorter rest, before a flush or the end, is filled up with silence; 0 by default. */
  readonly minMs?: number;
}

/** How fast audio may be sent. */
export interface PacingLimit {
  /** As a multiple of real time. */
  readonly speed: number;
  /** How much may be ahead of that, in ms of audio. */
  readonly burstMs: number;
}

/** How a provider answers when everything is to become final. */
export interface FinalizeAnswer {
  /**
   * - `acknowledged`: a `finalized` comes, always; where it does not, the connection counts as broken.
   * - `best_effort`: it may not come; then what is tentative becomes final as it is. The words have to have times, so that late ones can be told from new ones.
   *   It is as good as an answer when an event says that all that was sent is settled; without `lagMs`, a provider that is more than a second behind counts as broken.
   * - `none`: there is no such message; the same happens after the timeout, and at once when an utterance ends.
   */
  readonly answer: "acknowledged" | "best_effort" | "none";
  /** How long nothing at all may be told until then, in ms. */
  readonly timeoutMs: number;
}

/** What keeps a connection open after `idleMs` in which nothing was sent: a message, or so much silence, which counts as audio. */
export type Keepalive =
  | { readonly idleMs: number; readonly message: string | Uint8Array }
  | { readonly idleMs: number; readonly silenceMs: number };

/** How a connection ends after its last audio. */
export interface EndAnswer {
  /** Whether everything has to be made final first, as for a flush; false by default. */
  readonly finalizeFirst?: boolean;
  /** What says that nothing more comes: an event `finished` alone, or also that the provider closes the connection in order. */
  readonly answer: "finished" | "close";
  /** How long nothing at all may be told until then, in ms; then the connection counts as broken. */
  readonly timeoutMs: number;
}

/** What is to be recognised over a connection. */
export interface WireSpeech {
  /** What may be spoken: those that were asked for and are in the traits, as they were asked for; never empty. */
  readonly languages: readonly LanguageTag[];
  /** Of the wire's `rates`. */
  readonly rate: number;
  readonly glossary: Glossary;
  /** What it is to translate itself, as it was asked for; within the traits. */
  readonly targets: readonly LanguageTag[];
}

/** One connection: what is sent over it and what comes is understood to mean. It may have state. */
export interface WireConnection {
  readonly url: string;
  /** Keys stand here. */
  readonly headers: Readonly<Record<string, string>>;
  /** The messages before any audio. */
  readonly opening: readonly WireMessage[];
  /** Whether audio has to wait for the event `ready`; false by default. */
  readonly awaitsReady?: boolean;
  /**
   * What a message says; nothing where its type is unknown or of no interest.
   *
   * @throws {PipelineError} when it is an error, or not as agreed; as good as the event `failed`.
   */
  read(message: string | Uint8Array): readonly WireEvent[];
  /** The message for a piece of audio, little-endian 16-bit samples; the bytes themselves when absent. */
  audio?(bytes: Uint8Array): WireMessage;
  /** A message of audio has been sent; all audio of the connection now ends at `toMs`. */
  sent?(toMs: number): void;
  /** What makes everything final that was sent. When empty, there is nothing to be made final, and no answer is waited for. */
  finalize(): readonly WireMessage[];
  /** What ends the audio. */
  end(): readonly WireMessage[];
}

/** A text or a binary message. */
export type WireMessage = string | Uint8Array;

/**
 * What a message of any provider says. Times count ms of the audio of the connection, from its first sample; the silence that was put in counts,
 * too, as the provider cannot tell the difference.
 */
export type WireEvent =
  | { readonly type: "ready" }
  /** Somebody speaks: an utterance is open. Only the first counts; words open an utterance, too. */
  | { readonly type: "started"; readonly atMs?: number }
  | WireHeard
  /** It has listened on, up to here: what was heard last still stands. */
  | { readonly type: "unchanged"; readonly toMs: number }
  /** The utterance is over: the words that were appended are its final ones. What is still tentative is dropped. Nothing happens when none is open. */
  | { readonly type: "ended"; readonly atMs?: number }
  /** Everything that was sent before `finalize` has been told; what is still tentative is dropped. The utterance is over. */
  | { readonly type: "finalized" }
  /** Nothing more comes. */
  | { readonly type: "finished" }
  | WireTranslated
  | {
    readonly type: "usage";
    readonly audioMs?: number;
    readonly characters?: number;
    readonly tokens?: number;
  }
  /** The connection is of no use any more. */
  | { readonly type: "failed"; readonly error: PipelineError };

/** What is known of the utterance that is open; opens one when there are words and none is. */
export interface WireHeard {
  readonly type: "heard";
  /** Words that follow those that were appended before and will not change. */
  readonly append: readonly WireWord[];
  /** All words that follow these and may change; they replace those of the event before. */
  readonly tentative: readonly WireWord[];
  /** How far the provider has listened; all that was sent when absent. */
  readonly toMs?: number;
  /** Everything before is final, said or silent, where the provider tells; else it is derived. */
  readonly settledMs?: number;
  /** Of the utterance, where the provider tells: a tag that was asked for, or whatever else was detected. */
  readonly language?: LanguageTag | undefined;
}

/** A word, with punctuation and without spaces; where the times are not known, they are estimated. A `Word` of the port is one. */
export interface WireWord {
  readonly text: string;
  readonly startMs?: number;
  readonly endMs?: number;
  /** `measured` when absent and both times are there. */
  readonly timing?: "measured" | "estimated";
  readonly speaker?: string;
}

/** More of the provider's own translation, as in {@linkcode OwnTranslation}. */
export interface WireTranslated {
  readonly type: "translated";
  /** As it stands in {@linkcode WireSpeech}. */
  readonly target: LanguageTag;
  readonly append: string;
  readonly tentative: string;
  /** Where the source of what is appended ends, where the provider tells; without text, where that of the next text begins. */
  readonly toMs?: number;
}
