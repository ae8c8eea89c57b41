import { Condition } from "../flow/condition.ts";
import { Crew } from "../flow/crew.ts";
import { Queue } from "../flow/queue.ts";
import { together } from "../flow/together.ts";
import { PipelineError } from "./error.ts";
import type { Services, SessionOptions } from "./interpret.ts";
import { Lane } from "./lane.ts";
import type { LanguageTag } from "./language.ts";
import type { CutSegment } from "./listen.ts";
import type { OwnTarget } from "./ports.ts";
import type { LaneDescription, SessionEvent } from "./session_event.ts";
import type { Segment } from "./stages/segment.ts";
import type { Settlement } from "./stages/settle.ts";
import type { Share } from "./stages/share.ts";

/** How many changes of the targets wait for each other. */
const changeLimit = 8;

/** What {@linkcode Lanes} are made of. */
export interface LanesParts {
  readonly services: Services;
  readonly options: SessionOptions;
  /** What the recognizer was opened to translate and speak itself. */
  readonly own: readonly OwnTarget[];
  readonly settlement: Settlement;
  readonly events: Queue<SessionEvent>;
}

/** The target languages of a session, which may change while it runs. A lane keeps its number while its language stays; numbers are not used again. */
export class Lanes implements AsyncDisposable {
  readonly #parts: LanesParts;
  readonly #crew = new Crew();
  readonly #changes = new Queue<readonly LanguageTag[]>({ limit: changeLimit });
  readonly #every: Lane[] = [];
  #current: readonly Lane[] = [];
  /** How many segments of another session are still to come. */
  #cutLeft: number;
  readonly #resumed = new Condition();

  constructor(parts: LanesParts) {
    this.#parts = parts;
    this.#cutLeft = parts.options.cut?.length ?? 0;
  }

  /** What the lanes of the moment are like. */
  get descriptions(): readonly LaneDescription[] {
    return this.#current.map((lane) => lane.description);
  }

  /** The lane of this number; one that is not one of the session's any more may still have something to say. */
  at(number: number): Lane | undefined {
    return this.#every.find((lane) => lane.number === number);
  }

  /** Opens the lanes that the session begins with. */
  async open(signal: AbortSignal): Promise<void> {
    this.#current = await this.#add(this.#parts.options.targets, signal);
  }

  /** Hands a segment of another session to the lanes that it is not over in; the targets do not change before the last one. */
  async resume({ segment, targets }: CutSegment, nowMs: number, signal: AbortSignal): Promise<void> {
    for (const lane of this.#current) {
      if (targets.includes(lane.target)) {
        await lane.accept(segment, { heardAtMs: nowMs, segmentedAtMs: nowMs }, signal);
      } else {
        this.#parts.settlement.finish(lane.number, segment.segment);
      }
    }
    this.#cutLeft -= 1;
    this.#resumed.notify();
  }

  /** Hands a segment to every lane, waiting while one has too many. */
  async accept(
    segment: Segment,
    times: { readonly heardAtMs: number; readonly segmentedAtMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    for (const lane of this.#current) await lane.accept(segment, times, signal);
  }

  /** Tells every lane what a segment may become. */
  guess(segment: number, text: string): void {
    for (const lane of this.#current) lane.guess(segment, text);
  }

  /** Hands what the recognizer did itself for a segment to the lanes of its target: one that leaves finishes what it has. */
  async take(target: LanguageTag, share: Share, signal: AbortSignal): Promise<void> {
    for (const lane of this.#every) {
      if (lane.target === target) await lane.take(share, signal);
    }
  }

  /** Asks for other targets from here on; a `lanes` event says when they are. */
  async change(targets: readonly LanguageTag[], signal: AbortSignal): Promise<void> {
    await this.#changes.send(targets, signal);
  }

  /** No more segments come. */
  close(): void {
    this.#changes.close();
    for (const lane of this.#current) lane.close();
    this.#crew.close();
  }

  /** Translates and speaks in every lane until `close`, or until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (const lane of this.#current) this.#crew.join((signal) => lane.run(signal));
    await together(signal, (signal) => this.#crew.run(signal), (signal) => this.#followChanges(signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#every.map((lane) => lane[Symbol.asyncDispose]()));
  }

  async #add(targets: readonly LanguageTag[], signal: AbortSignal): Promise<Lane[]> {
    const { own: all, ...parts } = this.#parts;
    const added = targets.map((target, index) => {
      const own = all.find((one) => one.target === target);
      return new Lane({ ...parts, lane: this.#every.length + index + 1, target, own });
    });
    this.#every.push(...added);
    await together(signal, ...added.map((lane) => (signal: AbortSignal) => lane.open(signal)));
    return added;
  }

  async #followChanges(signal: AbortSignal): Promise<void> {
    const { events } = this.#parts;
    while (this.#cutLeft > 0) await this.#resumed.wait(signal);
    for await (const targets of this.#changes.items(signal)) {
      try {
        await this.#become(targets, signal);
        await events.send({ type: "lanes", lanes: this.descriptions }, signal);
      } catch (error) {
        signal.throwIfAborted();
        await events.send({
          type: "failed",
          error: PipelineError.from(error, "The targets could not be changed"),
        }, signal);
      }
    }
  }

  async #become(targets: readonly LanguageTag[], signal: AbortSignal): Promise<void> {
    const { settlement } = this.#parts;
    const missing = targets.filter((target) => !this.#current.some((lane) => lane.target === target));
    const added = await this.#add(missing, signal);
    // The input may have ended while the lanes were opened.
    if (this.#changes.closed) return;
    const all = [...this.#current, ...added];
    for (const lane of this.#current) {
      if (targets.includes(lane.target)) continue;
      lane.close();
      settlement.leave(lane.number);
    }
    for (const lane of added) {
      settlement.join(lane.number);
      this.#crew.join((signal) => lane.run(signal));
    }
    this.#current = targets.map((target) => all.find((lane) => lane.target === target)!);
  }
}
