import { durationMs, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Hearing, HearingEvent, Input } from "../../pipeline/ports.ts";
import { abortable } from "../../flow/abortable.ts";
import { Lifetime } from "../lifetime.ts";
import { ProgressMeter } from "../progress_meter.ts";
import type { Fault, Faults } from "./fault.ts";
import type { Listener } from "./listener.ts";

/** A failure at a place on the source clock. */
export interface HearingFault extends Fault {
  /** It is played as soon as the recognizer has listened so far. */
  readonly atMs: number;
}

/** What a {@linkcode fakeHearing} is made of. */
export interface FakeHearingParts {
  /** Of the engine, for messages. */
  readonly name: string;
  /** Samples a second. */
  readonly rate: number;
  /** What goes wrong in a hearing whose first frame is at `fromMs` of the source. */
  faultsFrom(fromMs: number): Faults<HearingFault>;
  /** The life of the engine, which ends its hearings. */
  readonly engine: Lifetime;
  /** How long it takes to finish what was heard when a flush or the end asks for it. */
  finish?(signal: AbortSignal): Promise<void>;
}

/** A session of a fake recognizer: hands frames to a listener and reports what it says. */
export function fakeHearing(
  listener: Listener,
  { name, rate, faultsFrom, engine, finish = () => Promise.resolve() }: FakeHearingParts,
): Hearing {
  const lifetime = new Lifetime(`hearing of ${name}`);
  const progress = new ProgressMeter(rate);
  let begun = false;
  let faults: Faults<HearingFault> | undefined;

  async function* report(events: readonly HearingEvent[], signal: AbortSignal) {
    for (const event of events) {
      progress.note(event);
      yield event;
      signal.throwIfAborted();
    }
  }

  /** The fault that comes before the end of a frame, if any. */
  function faultIn(frame: Frame): HearingFault | undefined {
    if (frame.rate !== rate) {
      throw new PipelineError(
        "invalid_request",
        `Cannot hear a frame: its rate is ${frame.rate}, expected ${rate}`,
      );
    }
    const end = frame.position + frame.samples.length;
    faults ??= faultsFrom(durationMs(frame.position, rate));
    return faults.next(({ atMs }) => atMs * rate / 1000 <= end);
  }

  async function* hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    engine.check();
    lifetime.check();
    if (begun) throw new TypeError("Cannot hear twice: open another session");
    begun = true;
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    let heard = 0;
    for await (const item of abortable(input, signal)) {
      if (item.type === "packets") {
        throw new PipelineError("invalid_request", "Cannot hear encoded audio: expected frames");
      }
      if (item.type === "flush") {
        await finish(signal);
        yield* report(listener.flush(), signal);
        yield { type: "flushed", id: item.id };
      } else {
        heard += item.samples.length;
        const fault = faultIn(item);
        if (fault) {
          yield* report(listener.hear(item, Math.round(fault.atMs * rate / 1000)), signal);
          await faults!.play(fault, `Cannot hear with ${name}`, signal);
        }
        // Most frames have nothing to report: no generator is made for them.
        const events = listener.hear(item);
        if (events.length > 0) yield* report(events, signal);
        const due = progress.due(listener);
        if (due) yield due;
      }
    }
    await finish(signal);
    yield* report(listener.end(), signal);
    yield { type: "usage", audioMs: durationMs(heard, rate) };
  }

  return {
    hear,
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}
