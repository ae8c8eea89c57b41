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
      const { seq, kind, message, stage, segment, lane } = event;
      if (seq === undefined) return [];
      return [{
        type: "error",
        code: kind,
        message,
        fatal: false,
        ...(stage === undefined ? {} : { stage }),
        ...(segment === undefined ? {} : { segment }),
        ...(lane === undefined ? {} : { lane }),
      }];
    }
    case "audio":
      return event.codec === "pcm_s16le" ? [event] : [];
    case "lanes":
      return [{ type: "lanes", lanes: event.lanes }];
    default:
      return [event];
  }
}
