import type { Connect } from "./socket.ts";

/** Which microphone, and what the browser does to its sound; all three treatments are on by default. */
export interface MicrophoneWish {
  readonly deviceId?: string;
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

/** Options of `interpret`. */
export interface InterpretOptions {
  /** Where the service is, relative to the page. */
  readonly url: string | URL;
  /** What is spoken, a BCP 47 tag. */
  readonly source: string;
  /** What it is interpreted into; or `targets`. */
  readonly target?: string;
  readonly targets?: readonly string[];
  readonly microphone?: boolean | MicrophoneWish;
  /** A sound file, or mono samples at 16 kHz, instead of a microphone. */
  readonly audio?: Blob | AsyncIterable<Int16Array>;
  /** Whether the translation is spoken through the page; true by default. */
  readonly play?: boolean;
  readonly apiKey?: string;
  readonly glossary?: Readonly<Record<string, string>>;
  /** The wanted voice of each target language. */
  readonly voices?: Readonly<Record<string, string>>;
  readonly captions?: boolean;
  /** Whether the service may keep what comes of it, to be used again for others; its own choice where absent. */
  readonly retain?: boolean;
  /** Ends the session, whatever it is doing. */
  readonly signal?: AbortSignal;
  /** Where the audio worklets are served; beside this module by default. */
  readonly worklets?: string | URL;
  /** Opens sockets; the platform's own by default. */
  readonly connect?: Connect;
}
