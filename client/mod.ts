/**
 * The client: `interpret` for pages, `connect` for programs that bring their own sound. See `README.md`.
 *
 * @module
 */
export type { Microphone } from "./capture/microphone.ts";
export type { SessionError } from "./error.ts";
export { interpret } from "./interpret.ts";
export { InterpretError, type InterpretErrorCode } from "./interpret_error.ts";
export type * from "./interpret_event.ts";
export type { InterpretOptions, MicrophoneWish } from "./interpret_options.ts";
export type { InterpretSession } from "./interpret_session.ts";
export { microphones } from "./microphones.ts";
export { connect } from "./session.ts";
