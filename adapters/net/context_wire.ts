import type { ErrorKind } from "../../pipeline/error.ts";
import type { SynthesizerTraits } from "../../pipeline/ports.ts";
import type { ChosenVoice } from "./choose_voice.ts";
import type { ContextEvent } from "./context_link.ts";
import type { ConnectionLimits } from "./held_connection.ts";

/** What a synthesizer's wire has to say that speaks several texts over one connection, each in a context of its own. */
export interface ContextWire {
  /** What it is called in the configuration. */
  readonly name: string;
  /** What it is called in messages. */
  readonly provider: string;
  readonly traits: SynthesizerTraits;
  /** The longest text, in UTF-16 units. */
  readonly textLimit: number;
  /** How a connection may be used: its places are the contexts that it may have at a time. */
  readonly limits: ConnectionLimits;
  /** How many contexts may be at work at a time with one key: what its plan allows. */
  readonly concurrency: number;
  /** The message that keeps a connection open on which nothing happens, and how often it is sent, in ms; without it none is. */
  readonly keepalive?: { readonly everyMs: number; readonly message: string };
  /**
   * How long a text may pause, in ms, where the provider gives contexts up that wait for text: then its context is ended, and what still
   * comes of it is spoken in another one. A context waits as long as it takes when absent.
   */
  readonly pauseMs?: number;
  readonly closing?: (code: number, reason: string) => ErrorKind | undefined;
  /** The connection for a voice; keys stand in the headers. */
  connection(
    voice: ChosenVoice,
  ): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** What a message says; nothing where its type is unknown or of no interest. */
  read(message: string): ContextEvent | undefined;
  /** The messages of one context, in order: those of each phrase, then those of the end; or those that end it early. */
  text(context: string, voice: ChosenVoice, speed: number): ContextMessages;
}

/** The messages of one context. */
export interface ContextMessages {
  phrase(text: string, first: boolean): readonly string[];
  end(): readonly string[];
  cancel(): readonly string[];
}
