import type { LanguageTag } from "../pipeline/language.ts";
import type { TracedWork } from "../pipeline/interpret.ts";
import type { Traced } from "../pipeline/ports.ts";
import type { SessionEvent } from "../pipeline/session_event.ts";

/** How speech comes in: over the socket of the protocol, in an HTTP request, or from a client of the old app. */
export type Transport = "stream" | "translate" | "legacy";

/** Plain counters of one session, counted up in place: nothing is called and nothing is made for a message. */
export interface MessageCounts {
  audioIn: number;
  audioOut: number;
  textIn: number;
  textOut: number;
  /** Bytes of the audio messages, headers included. */
  audioBytesIn: number;
  audioBytesOut: number;
}

/** What can be read of a session at any time. */
export interface SessionView {
  readonly id: string;
  readonly transport: Transport;
  readonly source: LanguageTag;
  readonly targets: readonly LanguageTag[];
  readonly counts: MessageCounts;
  /** How much source audio came in, in ms. */
  readonly sourceMs: number;
  /** How much of it waits for the recognizer, in ms. */
  readonly inputWaitingMs: number;
  /** How late the listener is, from the end of a segment's source to the start of its playout, in ms; `undefined` while the client says nothing. */
  readonly listenerLagMs?: number | undefined;
  /** How much waits for the client: kept until it is acknowledged, or to be read. */
  readonly outputWaitingBytes: number;
}

/** Is told what happens to sessions. Called on the path of the work: to be quick, and not to throw. */
export interface SessionObserver {
  /** A session has started; what happens to it is told to the watch. */
  started(session: SessionView): SessionWatch;
  /** A session was not started; `kind` is the kind of its error. */
  refused(kind: string): void;
}

/** Is told what happens to one session. */
export interface SessionWatch {
  /** The trace that a segment, or the session as a whole, belongs to. */
  trace(work?: TracedWork): Traced;
  /** An event is on its way to the listener. */
  event(event: SessionEvent): void;
  /** The client has come back on another socket. */
  resumed(): void;
  /** The session cannot go on because the service or an engine failed; `ended` follows. */
  failed(kind: string): void;
  /** Nothing more happens; `code` is the close code of the socket, or what it would be if there were one. Called once. */
  ended(code: number): void;
}

/** Counters that stand at nothing. */
export function noMessages(): MessageCounts {
  return { audioIn: 0, audioOut: 0, textIn: 0, textOut: 0, audioBytesIn: 0, audioBytesOut: 0 };
}

const nobody: SessionWatch = { trace: () => ({}), event() {}, resumed() {}, failed() {}, ended() {} };

/** An observer that looks away. */
export const silentObserver: SessionObserver = { started: () => nobody, refused() {} };
