import { createParser } from "eventsource-parser";
import { PipelineError } from "../../pipeline/error.ts";

/** The longest event, in UTF-16 units. */
const eventLimit = 1024 * 1024;

/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** Its type; `message` where the provider names none. */
  readonly event: string;
  readonly data: string;
}

/**
 * The events in a stream of server-sent events (WHATWG HTML, 9.2), however the bytes are cut: any line ends, comments left out, several
 * `data` lines joined. An event that the stream breaks off counts as whole: some servers leave the last empty line out.
 *
 * @throws {PipelineError} `internal` when an event has more than 1,048,576 characters.
 */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  provider: string,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let events: ServerSentEvent[] = [];
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: eventLimit,
    onEvent: ({ event = "message", data }) => events.push({ event, data }),
    onError: ({ type }) => tooLong ||= type === "max-buffer-size-exceeded",
  });
  const feed = (text: string): readonly ServerSentEvent[] => {
    events = [];
    parser.feed(text);
    if (tooLong) {
      const message = `Cannot use ${provider}: an event has more than ${eventLimit} characters`;
      throw new PipelineError("internal", message);
    }
    return events;
  };
  for await (const bytes of body) yield* feed(decoder.decode(bytes, { stream: true }));
  yield* feed(decoder.decode() + "\n\n");
}
