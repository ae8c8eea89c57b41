/// <reference lib="dom" />
import { InterpretError } from "../interpret_error.ts";

const messages = {
  permission_denied:
    "The page may not use the microphone: allow it in the browser's settings for this site and try again",
  no_microphone: "There is no microphone, or not the one that was chosen: connect one, or choose another",
  microphone_busy: "The microphone cannot be used: another program may be using it",
  insecure_page: "Live sound needs a secure page: open it over HTTPS, or on localhost",
  unsupported_browser: "This browser is too old for live sound: it needs AudioWorklet and getUserMedia",
  unreadable_audio: "The browser cannot read the sound file: try WAV, MP3 or Ogg",
} as const;

/** What is wrong with the device or the browser, in a word for programs. */
export type DeviceErrorCode = keyof typeof messages;

/** Why the device or the browser does not do what it is wanted for. */
export function deviceError(code: DeviceErrorCode, options?: ErrorOptions): InterpretError {
  return new InterpretError(code, messages[code], options);
}

/** The browser lacks something, or hides it from a page that came over plain HTTP. */
export function platformError(): InterpretError {
  return deviceError(isSecureContext ? "unsupported_browser" : "insecure_page");
}

/** What an error of `getUserMedia` means (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia). */
export function microphoneError(error: unknown): InterpretError {
  if (error instanceof InterpretError) return error;
  const name = (error as { readonly name?: unknown } | null)?.name;
  const code = microphoneCodes.get(String(name));
  return code
    ? deviceError(code, { cause: error })
    : new InterpretError("failed", undefined, { cause: error });
}

const microphoneCodes: ReadonlyMap<string, DeviceErrorCode> = new Map([
  ["NotAllowedError", "permission_denied"],
  ["SecurityError", "permission_denied"],
  ["NotFoundError", "no_microphone"],
  ["OverconstrainedError", "no_microphone"],
  ["NotReadableError", "microphone_busy"],
  ["AbortError", "microphone_busy"],
]);
