import { CloseCode, type Reaction, reactionTo } from "../protocol/close.ts";
import type { ErrorMessage } from "../protocol/server_message.ts";

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(CloseCode).map(([name, code]) => [code, name]),
);

/** Why a session could not be opened, or cannot go on. */
export class SessionError extends Error {
  /** The code that the socket was closed with; 0 where the connection was cut or never came about. */
  readonly code: number;
  /** What can be done: `restart` at once, `later`, or `stop` because the same attempt would fail again. */
  readonly reaction: Reaction;
  /** What the service said about it. */
  readonly detail: ErrorMessage | undefined;

  constructor(message: string, code: number, detail?: ErrorMessage) {
    super(message);
    this.name = "SessionError";
    this.code = code;
    this.reaction = reactionTo(code);
    this.detail = detail;
  }
}

/** A close code with its name, for messages: `4401, unauthenticated`. */
export function nameOfCode(code: number): string {
  const name = names.get(code);
  return name === undefined ? String(code) : `${code}, ${name}`;
}
