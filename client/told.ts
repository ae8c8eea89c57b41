import type { ClientEvent } from "./event.ts";
import { sessionError } from "./interpret_error.ts";
import type { InterpretEvent } from "./interpret_event.ts";

/** What the page is told of an event of the connection; nothing of what explains the end that follows, or of audio that nobody asked for. */
export function toldOf(event: ClientEvent): readonly InterpretEvent[] {
  switch (event.type) {
    case "state": {
      const { type, state } = event;
      if (!event.error) return [{ type, state }];
      const error = sessionError(event.error, true);
      const { code, message } = error;
      return [{ type: "error", code, message, fatal: true }, { type, state, error }];
    }
    case "error": {
      const { seq, kind, retryAfterMs: _, ...told } = event;
      return seq === undefined ? [] : [{ ...told, code: kind, fatal: false }];
    }
    case "audio":
      return event.codec === "pcm_s16le" ? [event] : [];
    case "lanes":
      return [{ type: "lanes", lanes: event.lanes }];
    default:
      return [event];
  }
}
