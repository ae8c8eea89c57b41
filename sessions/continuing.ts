import { durationMs } from "../pipeline/audio.ts";
import {
  type Control,
  interpret,
  type Interpretation,
  type Services,
  type SessionOptions,
} from "../pipeline/interpret.ts";
import type { Input } from "../pipeline/ports.ts";
import type { SessionEvent } from "../pipeline/session_event.ts";
import type { Continues } from "../protocol/client_message.ts";
import { ContinuedLanes } from "./continued_lanes.ts";
import { segmentOfTold } from "./told_segment.ts";
import { unheard } from "./unheard.ts";

/**
 * Interprets on where an instance that is gone stopped: takes the segments that the client was told as they were told, hears the source again from where it
 * was not settled, and tells only what the client has not got. Segments, utterances and lanes go on being numbered, and lanes go on being counted, as the
 * client says.
 *
 * @param rate samples a second of the source, as the client counts them.
 */
export function interpretOn(
  continues: Continues,
  rate: number,
  input: AsyncIterable<Input>,
  services: Services,
  options: SessionOptions,
  signal: AbortSignal,
): Interpretation {
  const first = continues.segment + 1;
  const told = continues.told?.map((one, index) => segmentOfTold(one, first + index, rate)) ?? [];
  const heard = continues.lanes.map(({ heard = 0 }) => heard);
  const fromMs = told.at(-1)?.endMs ?? durationMs(Math.min(...heard, 0xffff_ffff), rate);
  const recognizer = heard.length === 0
    ? services.recognizer
    : unheard(services.recognizer, { fromMs, utterance: continues.utterance ?? 0 });
  const lanes = new ContinuedLanes(continues.lanes, rate, told, continues.lane);
  const interpretation = interpret(
    input,
    { ...services, recognizer },
    {
      ...options,
      firstSegment: first,
      cut: told.map((segment) => ({
        segment,
        targets: options.targets.filter((_, index) => !lanes.knows(index + 1, segment.segment)),
      })),
      trace: (work) => options.trace?.(work && { ...work, lane: lanes.outside(work.lane) }) ?? {},
    },
    signal,
  );

  async function* events(): AsyncGenerator<SessionEvent, void> {
    for await (const event of interpretation.events) {
      const end = lanes.closing(event);
      if (end) yield end;
      const told = lanes.tell(event);
      if (told) yield told;
    }
  }

  return {
    events: { [Symbol.asyncIterator]: events },
    control: (command, signal) => interpretation.control(inside(command, lanes), signal),
  };
}

function inside(command: Control, lanes: ContinuedLanes): Control {
  return command.type === "targets" ? command : { ...command, lane: lanes.inside(command.lane) };
}
