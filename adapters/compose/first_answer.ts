import { LinkedAbort } from "../../flow/linked_abort.ts";
import { Queue } from "../../flow/queue.ts";
import { mostHopeful } from "./outcome.ts";

/** One of several that could answer. */
export interface Contender<Event> {
  ask(signal: AbortSignal): AsyncIterable<Event>;
  /** Resolves when its first result is later than usual and another should be asked too; rejects when that is not wanted. */
  late(signal: AbortSignal): Promise<void>;
  /** It gave no result, or not all of its answer, because of this error; another one is asked if there is one. */
  failed(error: unknown): void;
}

/** Options of {@linkcode firstAnswer}. */
export interface FirstAnswerOptions<Event> {
  readonly isResult: (event: Event) => boolean;
  /** Is told when another is asked: the numbers of the one before and of the next. */
  readonly onSwitch: (from: number, to: number, why: "failed" | "late") => void;
  /** Is told who is going to be heard, before the first event. */
  readonly onAnswer?: (index: number) => void;
}

type News =
  | { readonly type: "answering" | "late"; readonly index: number }
  | { readonly type: "failed"; readonly index: number; readonly error: unknown };

/** A contender that was asked. */
interface Asked<Event> {
  readonly events: AsyncIterator<Event>;
  /** What came up to its first result. */
  readonly held: Event[];
  readonly stop: LinkedAbort;
}

/**
 * Asks one after the other until one answers: the next is asked when all before have failed, or when the latest is late. Whoever gives the first result,
 * or ends without one, is the only one that is heard; the others are cancelled. Once a result was handed on, a failure is final.
 *
 * @throws the most hopeful error, when all have failed.
 */
export async function* firstAnswer<Event>(
  contenders: readonly Contender<Event>[],
  { isResult, onSwitch, onAnswer }: FirstAnswerOptions<Event>,
  signal: AbortSignal,
): AsyncGenerator<Event, void> {
  const news = new Queue<News>({ limit: 2 * contenders.length + 1 });
  const asked: Asked<Event>[] = [];
  const work: Promise<void>[] = [];
  const errors: unknown[] = [];
  const decided = new AbortController();

  const begin = () => {
    const index = asked.length;
    const contender = contenders[index]!;
    const stop = new LinkedAbort(signal);
    const one = { events: contender.ask(stop.signal)[Symbol.asyncIterator](), held: [], stop };
    asked.push(one);
    work.push(
      lead(one, isResult).then(
        () => void news.push({ type: "answering", index }),
        (error) => void news.push({ type: "failed", index, error }),
      ),
    );
    if (asked.length === contenders.length) return;
    const open = new LinkedAbort(stop.signal, decided.signal);
    const isLate = contender.late(open.signal).then(() => void news.push({ type: "late", index }), () => {});
    work.push(isLate.finally(() => open[Symbol.dispose]()));
  };

  try {
    begin();
    const index = await decide();
    const winner = asked[index]!;
    decided.abort(tooLate);
    for (const one of asked) if (one !== winner) one.stop.abort(tooLate);
    onAnswer?.(index);
    for (const event of winner.held) {
      yield event;
      signal.throwIfAborted();
    }
    while (true) {
      const next = await winner.events.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    for (const { stop } of asked) stop.abort(tooLate);
    await Promise.all(work);
    await Promise.allSettled(asked.map(({ events }) => events.return?.()));
    for (const { stop } of asked) stop[Symbol.dispose]();
  }

  async function decide(): Promise<number> {
    while (true) {
      const item = (await news.receive(signal))!;
      if (item.type === "answering") return item.index;
      if (item.type === "failed") {
        signal.throwIfAborted();
        contenders[item.index]!.failed(item.error);
        errors.push(item.error);
        asked[item.index]!.stop.abort(tooLate);
      }
      const waiting = asked.length - errors.length;
      const more = asked.length < contenders.length;
      if (item.type === "failed" && waiting === 0 && !more) throw mostHopeful(errors);
      const lateLast = item.type === "late" && item.index === asked.length - 1;
      if (more && (waiting === 0 || lateLast)) {
        onSwitch(item.index, asked.length, item.type);
        begin();
      }
    }
  }
}

/** Takes in what comes up to the first result, or to the end. */
async function lead<Event>(one: Asked<Event>, isResult: (event: Event) => boolean): Promise<void> {
  while (true) {
    const next = await one.events.next();
    if (next.done) return;
    one.held.push(next.value);
    if (isResult(next.value)) return;
  }
}

/** One for all: an error of its own for each, with the stack that it collects, would be among the costs of a request. */
const tooLate = new DOMException("Another engine has answered", "AbortError");
