import type { Trouble, TroubleKind } from "./trouble.ts";

/** A trouble that the page itself found. */
export class TroubleError extends Error {
  readonly trouble: Trouble;

  constructor(kind: TroubleKind) {
    super(`The page cannot go on: ${kind}`);
    this.name = "TroubleError";
    this.trouble = { kind };
  }
}

const kinds: ReadonlyMap<string, TroubleKind> = new Map(Object.entries({
  permission_denied: "denied",
  no_microphone: "no_microphone",
  microphone_busy: "microphone_busy",
  insecure_page: "insecure",
  unsupported_browser: "unsupported_browser",
  unreadable_audio: "bad_file",
  unreachable: "unreachable",
  unauthenticated: "key_wrong",
  origin: "origin",
  full: "full",
  unsupported: "language",
  lost: "lost",
}));

/** Troubles whose own words say it all: the service's would only repeat them. */
const selfEvident: ReadonlySet<TroubleKind> = new Set([
  "denied",
  "no_microphone",
  "insecure",
  "unreachable",
  "key_needed",
  "key_wrong",
  "full",
  "lost",
]);

/**
 * What an error means to a user.
 *
 * @param error what the SDK threw or told, known by its `code`, or a {@linkcode TroubleError}.
 * @param hadKey whether a key was shown.
 */
export function troubleOf(error: unknown, hadKey: boolean): Trouble {
  if (error instanceof TroubleError) return error.trouble;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const known = typeof code === "string" ? kinds.get(code) ?? "service" : "service";
  const kind = known === "key_wrong" && !hadKey ? "key_needed" : known;
  return typeof message === "string" && message !== "" && !selfEvident.has(kind)
    ? { kind, detail: message }
    : { kind };
}
