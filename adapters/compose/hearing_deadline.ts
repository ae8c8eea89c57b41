import { LinkedAbort } from "../../flow/linked_abort.ts";
import { Queue } from "../../flow/queue.ts";
import type { Hearing, HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { abortable } from "../../flow/abortable.ts";
import type { Owned } from "../provider.ts";
import { around } from "./answering.ts";
import { type OpeningDeadline, openInTime } from "./first_result_deadline.ts";
import type { DeadlineRule, LatencyWindow } from "./latency_window.ts";
import { owedInSilenceMs, StallWatch } from "./stall_watch.ts";

/** How much input may lie ready for a recognizer that does not take it, in ms: to know what it owes, one has to know what it could have. */
const aheadMs = owedInSilenceMs + 1000;

/** Options of {@linkcode hearingDeadline}. */
export interface HearingDeadlineOptions extends OpeningDeadline {
  /** How long the recognizer usually takes to report on what it was given, and how long it may take. */
  readonly reports: LatencyWindow;
  readonly reportRule: DeadlineRule;
}

/**
 * A recognizer that fails with `timeout` when it does not open in time, or owes a report for longer than is usual for it: on audio that it could have
 * heard, on a flush, on the end of the input.
 */
export function hearingDeadline(
  engine: Owned<SpeechRecognizer>,
  options: HearingDeadlineOptions,
): Owned<SpeechRecognizer> {
  const { clock, reports, reportRule: rule } = options;

  async function* hear(
    session: Hearing,
    input: AsyncIterable<Input>,
    rate: number,
    signal: AbortSignal,
  ): AsyncGenerator<HearingEvent> {
    using stop = new LinkedAbort(signal);
    const within = stop.signal;
    const watch = new StallWatch({ name: engine.name, clock, reports, rule, rate });
    const ready = new Queue<Input>({ limit: Math.ceil(aheadMs * rate / 1000), weigh });
    let stall: unknown;
    const reading = read(input, ready, watch, within);
    const watching = watch.run(within).catch((error) => {
      if (within.aborted) return;
      stall = error;
      stop.abort(error);
    });
    try {
      for await (const event of session.hear(ready.items(within), within)) {
        watch.reported(event);
        yield event;
        watch.reading();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw stall ?? error;
    } finally {
      stop.abort(new DOMException("The hearing has ended", "AbortError"));
      await Promise.all([reading, watching]);
    }
  }

  return around(engine, async (wanted) => {
    const session = await openInTime(
      engine.name,
      options,
      wanted.signal,
      (signal) => engine.open({ ...wanted, signal }),
    );
    return {
      hear: (input, signal) => hear(session, input, wanted.format.rate, signal),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  });
}

function weigh(item: Input): number {
  return item.type === "frame" ? item.samples.length : 1;
}

/** Takes the input as it comes, up to the limit of the queue. */
async function read(
  input: AsyncIterable<Input>,
  ready: Queue<Input>,
  watch: StallWatch,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const item of abortable(input, signal)) {
      if (!ready.push(item)) await ready.send(item, signal);
      watch.given(item);
    }
    ready.close();
    watch.ended();
  } catch (error) {
    ready.fail(error);
  }
}
