import type { SessionEvent } from "../pipeline/session_event.ts";
import { CloseCode } from "../protocol/close.ts";
import { failureOf } from "./failure.ts";
import type { SessionWatch } from "./observer.ts";

/** What a socket that just broke ends with (RFC 6455, 7.4.1). */
const noCode = 1006;

/**
 * The events of an interpretation that has no session around it, with all of them and the end told to a watch. To be read to the end, or until
 * `signal`, the interpretation's own, aborts.
 *
 * @param isClientsFault whether an error that ends the interpretation is about what the client sent.
 */
export async function* observedEvents(
  events: AsyncIterable<SessionEvent>,
  watch: SessionWatch,
  signal: AbortSignal,
  isClientsFault: (error: unknown) => boolean,
): AsyncGenerator<SessionEvent, void> {
  try {
    for await (const event of events) {
      watch.event(event);
      yield event;
    }
    watch.ended(CloseCode.ended);
  } catch (error) {
    if (signal.aborted) watch.ended(noCode);
    else if (isClientsFault(error)) watch.ended(CloseCode.protocol);
    else {
      const { message, closeCode } = failureOf(error);
      watch.failed(message.kind);
      watch.ended(closeCode);
    }
    throw error;
  }
}
