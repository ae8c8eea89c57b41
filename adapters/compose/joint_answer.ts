import { PipelineError } from "../../pipeline/error.ts";
import type { Answering, Answers, JoinedAnswer } from "./answering.ts";
import { type Contender, firstAnswer } from "./first_answer.ts";

/** An engine that can be asked. */
export interface Member {
  readonly name: string;
}

/** What {@linkcode jointAnswer} needs of those who can be asked. */
export interface JointOptions<A extends Answers, M extends Member> {
  readonly answering: Pick<Answering<A>, "isResult" | "acquiredOf">;
  readonly joined: JoinedAnswer<A>;
  /** Those who can be asked just now, the first choice first. */
  order(): readonly M[];
  contender(member: M, request: A["request"]): Contender<A["event"]>;
  /** Is told when another one is asked. */
  onSwitch(from: M, to: M, why: "failed" | "late"): void;
}

/** How often one may be asked for what others left of one answer. */
const mostAsks = 2;

/**
 * One answer of several engines: the first answer that is begun, and when that breaks off after its first result, what another one has to add to it; and so on,
 * those first who have not failed yet, then once more those whose failure may have passed. What failed before anything was given is thrown, for others
 * to begin anew; what was begun and cannot be brought to its end ends with the failure of the one who broke off last.
 */
export async function* jointAnswer<A extends Answers, M extends Member>(
  { answering: { isResult, acquiredOf }, joined, order, contender, onSwitch }: JointOptions<A, M>,
  signal: AbortSignal,
): AsyncGenerator<A["event"], void> {
  const failures = new Map<M, number>();
  let asked = order();
  let broken: { readonly error: unknown } | undefined;
  while (true) {
    const members = asked;
    const contenders = members.map((member) => {
      const one = contender(member, joined.request);
      return {
        ...one,
        failed(error: unknown) {
          failures.set(member, maySoonPass(error) ? (failures.get(member) ?? 0) + 1 : mostAsks);
          one.failed(error);
        },
      };
    });
    let at: number | undefined;
    const options = {
      isResult,
      onSwitch: (from: number, to: number, why: "failed" | "late") =>
        onSwitch(members[from]!, members[to]!, why),
      onAnswer(index: number) {
        at = index;
        joined.begin(members[index]!.name);
      },
    };
    try {
      for await (const event of firstAnswer(contenders, options, signal)) {
        const given = joined.take(event);
        // Whoever goes on is got hold of in the middle of an answer.
        if (given !== undefined && !(broken && acquiredOf(given))) yield given;
      }
      if (joined.complete) {
        const rest = joined.end();
        if (rest !== undefined) yield rest;
        return;
      }
      failures.set(members[at!]!, mostAsks);
    } catch (error) {
      signal.throwIfAborted();
      if (at === undefined && !broken) throw error;
      if (at !== undefined) {
        contenders[at]!.failed(error);
        broken = { error };
        if (!joined.breakOff()) return;
      }
    }
    const others = order().filter((member) => !failures.has(member));
    asked = others.length > 0 ? others : order().filter((member) => (failures.get(member) ?? 0) < mostAsks);
    if (!asked[0]) throw broken!.error;
    onSwitch(at === undefined ? members.at(-1)! : members[at]!, asked[0], "failed");
  }
}

function maySoonPass(error: unknown): boolean {
  return error instanceof PipelineError && error.retryable && error.retryAfterMs === undefined;
}
