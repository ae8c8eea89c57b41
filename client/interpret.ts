import type { InterpretOptions } from "./interpret_options.ts";
import type { InterpretSession } from "./interpret_session.ts";
import { interpretWith } from "./interpret_with.ts";
import type { Parts } from "./parts.ts";

/** Each part is fetched when it is wanted first. */
const fetched: Parts = {
  capture: () => import("./capture/open_source.ts"),
  playback: () => import("./playback/speaker.ts"),
  unreachable: () => import("./unreachable.ts"),
};

/**
 * Interprets live: opens the microphone or file, opens a session, and speaks the translation through the page. To be called in a click or key
 * press, which browsers want before a page may make sound.
 *
 * @throws {InterpretError} when it cannot begin, `signal.reason` when the signal aborts first, {TypeError} when the options contradict each
 *   other.
 */
export function interpret(options: InterpretOptions): Promise<InterpretSession> {
  return interpretWith(options, fetched);
}
