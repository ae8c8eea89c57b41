/** Why an audio file could not be read: it breaks its format's rules, is of a kind that is not supported, or ends too early. */
export type MediaErrorKind = "malformed" | "unsupported" | "truncated";

/** The one error of what reads audio. The message names the value found and the value wanted, and can be shown to whoever sent the audio. */
export class MediaError extends Error {
  readonly kind: MediaErrorKind;

  constructor(kind: MediaErrorKind, message: string) {
    super(message);
    this.name = "MediaError";
    this.kind = kind;
  }
}
