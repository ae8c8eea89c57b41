/** The codes that a socket of `parley.v1` is closed with. */
export const CloseCode = {
  /** The session has ended; from a client: it is over, do not keep it for a resume. */
  ended: 1000,
  /** A message was larger than the limit. */
  tooLarge: 1009,
  /** The service failed; the session is gone. */
  internal: 1011,
  /** The service has no room for another session. */
  full: 1013,
  /** A message was not `parley.v1`. */
  protocol: 4400,
  /** The key or token is missing or wrong. */
  unauthenticated: 4401,
  /** The page's origin is not allowed. */
  origin: 4403,
  /** No session of that name can be resumed here. */
  unknownSession: 4404,
  /** No `start` came in time, or the session's time was over. */
  timeout: 4408,
  /** The session was resumed on another socket. */
  superseded: 4409,
  /** A language, codec or rate that the service does not have. */
  unsupported: 4415,
  /** Audio or messages came faster than the limits allow. */
  tooFast: 4429,
  /** The instance is going away. */
  moving: 4503,
} as const;

/**
 * What a client does about a closed socket: `done` is a regular end, `resume` the same session, `restart` at once with a new session,
 * `later` the same after a wait, `stop` because the same attempt would fail again.
 */
export type Reaction = "done" | "resume" | "restart" | "later" | "stop";

const reactions: ReadonlyMap<number, Reaction> = new Map<number, Reaction>([
  [CloseCode.ended, "done"],
  [CloseCode.tooLarge, "stop"],
  [CloseCode.internal, "restart"],
  [CloseCode.full, "later"],
  [CloseCode.protocol, "stop"],
  [CloseCode.unauthenticated, "stop"],
  [CloseCode.origin, "stop"],
  [CloseCode.unknownSession, "restart"],
  [CloseCode.timeout, "restart"],
  [CloseCode.superseded, "stop"],
  [CloseCode.unsupported, "stop"],
  [CloseCode.tooFast, "later"],
  [CloseCode.moving, "resume"],
]);

/**
 * What a client does about a close code. A connection that ends without one of ours (0, 1001, 1005, 1006, a proxy's 1012) was cut, and
 * is resumed; an unknown code of the range 4000-4999 comes from a newer service and stops the client.
 */
export function reactionTo(code: number): Reaction {
  return reactions.get(code) ?? (code >= 4000 && code <= 4999 ? "stop" : "resume");
}
