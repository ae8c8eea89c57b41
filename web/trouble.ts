/** What can go wrong, from where a user stands; each kind has its words and its advice in the dictionaries. */
export const troubleKinds = [
  "denied",
  "no_microphone",
  "microphone_busy",
  "insecure",
  "unsupported_browser",
  "unreachable",
  "key_needed",
  "key_wrong",
  "origin",
  "full",
  "language",
  "engine",
  "lost",
  "bad_file",
  "long_file",
  "no_sample",
  "service",
] as const;

/** One of the {@linkcode troubleKinds}. */
export type TroubleKind = (typeof troubleKinds)[number];

/** Something that went wrong, with the service's own words where it said some. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly detail?: string;
}

/** What the page can do about a trouble when asked: nothing but waiting or the user's own doing, another attempt, or asking for the key. */
export function remedyFor(kind: TroubleKind): "retry" | "key" | "none" {
  switch (kind) {
    case "key_needed":
    case "key_wrong":
      return "key";
    case "insecure":
    case "unsupported_browser":
    case "origin":
    case "bad_file":
    case "long_file":
    case "no_sample":
      return "none";
    default:
      return "retry";
  }
}
