import type {
  Acquired,
  Engine,
  ProviderConnections,
  ProviderState,
  Traced,
  Usage,
} from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import type { EngineStage } from "./engine_event.ts";

/** The types that belong to one port whose sessions are asked and answer with a stream. */
export interface Answers {
  readonly traits: unknown;
  readonly options: object;
  readonly session: AsyncDisposable;
  readonly request: Traced;
  readonly event: unknown;
}

/** An engine of such a port. */
export type AnswerEngine<A extends Answers> = Owned<Engine<A["traits"], A["options"], A["session"]>>;

/** How a session is asked. */
export type Ask<A extends Answers> = (
  request: A["request"],
  signal: AbortSignal,
) => AsyncIterable<A["event"]>;

/**
 * One answer on its way to the listener, whichever engines it comes from: when one of them breaks off after its first result, it knows what the next one is to
 * be asked and what of that one's answer the listener does not have yet.
 */
export interface JoinedAnswer<A extends Answers> {
  /** What is to be asked: at first the whole, later what an engine needs to go on. */
  readonly request: A["request"];
  /** Whether nothing is missing, now that the engine at work has ended by itself. */
  readonly complete: boolean;
  /** What comes next is the answer of this engine to `request`. */
  begin(engine: string): void;
  /** What of an event the listener gets; `undefined` for nothing. */
  take(event: A["event"]): A["event"] | undefined;
  /** The engine at work has ended by itself: what was held back. */
  end(): A["event"] | undefined;
  /** The engine at work has broken off: whether there is anything left to be asked of another one. */
  breakOff(): boolean;
}

/** What translators and synthesizers have in common: what is composed around one of them is composed around the other in the same way. */
export interface Answering<A extends Answers> {
  readonly stage: Exclude<EngineStage, "stt">;
  ask(session: A["session"], ...how: Parameters<Ask<A>>): AsyncIterable<A["event"]>;
  /** A session like the given one that answers in another way and ends in another way. */
  session(like: A["session"], ask: Ask<A>, end: () => PromiseLike<void>): A["session"];
  /** Whether the listener gets something with this event: text or sound. After that, an answer cannot be begun anew. */
  isResult(event: A["event"]): boolean;
  /** How the provider was got hold of, where the event says that. */
  acquiredOf(event: A["event"]): Acquired | undefined;
  /** What was charged for, where the event says that. */
  usageOf(event: A["event"]): Usage | undefined;
  /** Calls `note` whenever there is more to work on: an engine can be late from then on, not before. */
  noteGiven(request: A["request"], note: () => void): void;
  /** Makes the joined answers of one session, which may learn from those before. */
  joining(): (request: A["request"]) => JoinedAnswer<A>;
  /** The smallest request that shows whether an engine works, and a session for it, with nothing in it of the speaker's. */
  probe(): A["request"];
  probeOptions(options: A["options"]): A["options"];
  /** What an engine with these traits can be opened with, to see whether it works; `undefined` where it can do nothing. */
  anyOptions(traits: A["traits"]): A["options"] | undefined;
  /** What engines with these traits can do together. */
  together(traits: readonly A["traits"][]): A["traits"];
  /**
   * Which engines can take part in a session, by their places, and what each of them is to be opened with so that one can take over from another.
   *
   * @throws {PipelineError} when there is none.
   */
  cast(
    traits: readonly A["traits"][],
    options: A["options"],
  ): readonly { readonly index: number; readonly options: A["options"] }[];
}

/** What else an engine around another may have of its own. */
export interface Own {
  /** To be done before the inner engine is disposed. */
  readonly end?: () => void;
  /** To be disposed after the inner engine. */
  readonly after?: AsyncDisposable;
  readonly providers?: () => readonly ProviderState[];
  readonly connections?: () => readonly ProviderConnections[];
  readonly tryOthers?: (signal: AbortSignal) => Promise<void>;
}

/** An engine around another: the same but for its sessions. */
export function around<Traits, Options, Session extends AsyncDisposable>(
  inner: Owned<Engine<Traits, Options, Session>>,
  open: Engine<Traits, Options, Session>["open"],
  { end, after, connections = inner.connections, providers = inner.providers, tryOthers = inner.tryOthers }:
    Own = {},
): Owned<Engine<Traits, Options, Session>> {
  return {
    name: inner.name,
    get traits() {
      return inner.traits;
    },
    open,
    ...(providers ? { providers } : {}),
    ...(connections ? { connections } : {}),
    ...(tryOthers ? { tryOthers } : {}),
    async [Symbol.asyncDispose]() {
      end?.();
      await inner[Symbol.asyncDispose]();
      await after?.[Symbol.asyncDispose]();
    },
  };
}

/** An engine around another whose sessions answer in another way. */
export function aroundAnswers<A extends Answers>(
  answering: Answering<A>,
  inner: AnswerEngine<A>,
  change: (session: A["session"], options: A["options"]) => Ask<A>,
): AnswerEngine<A> {
  return around(inner, async (options) => {
    const session = await inner.open(options);
    return answering.session(session, change(session, options), () => session[Symbol.asyncDispose]());
  });
}
