import type { ErrorKind } from "../../pipeline/error.ts";
import type { BreakerState } from "./breaker.ts";
import type { Outcome } from "./outcome.ts";

/** The stages that engines serve. */
export type EngineStage = "stt" | "mt" | "tts";

/** What is asked of an engine: to open a session, to answer a request (a translation, a text to speak), to hear a source. */
export type Operation = "open" | "answer" | "hear";

/** What happened to an engine, for metrics, logs and traces. Never holds what was said. */
export type EngineEvent =
  | {
    /** A call has ended. */
    readonly type: "call";
    readonly stage: EngineStage;
    readonly engine: string;
    readonly operation: Operation;
    readonly outcome: Outcome;
    /** Why it failed or was refused. */
    readonly kind?: ErrorKind;
    /** From the moment it had something to work on to its first result; absent when there was none. */
    readonly firstResultMs?: number;
    readonly durationMs: number;
    /** The trace that it was made for; absent where nobody records it. */
    readonly traceParent?: string;
  }
  | {
    /** A provider charged for something. */
    readonly type: "usage";
    readonly stage: EngineStage;
    readonly engine: string;
    readonly audioMs?: number;
    readonly characters?: number;
    readonly tokens?: number;
    /** In the currency of the price table; 0 where it has no price for it. */
    readonly cost: number;
  }
  | {
    /** A provider was got hold of for a request. */
    readonly type: "acquired";
    readonly stage: EngineStage;
    readonly engine: string;
    /** How long that took. */
    readonly waitedMs: number;
    /** Whether its connection was open before. */
    readonly reused: boolean;
  }
  | {
    /** A breaker has changed its state. */
    readonly type: "breaker";
    readonly stage: EngineStage;
    readonly engine: string;
    readonly state: BreakerState;
  }
  | {
    /** The same work is tried again after a pause. */
    readonly type: "retry";
    readonly stage: EngineStage;
    readonly engine: string;
    readonly operation: Operation;
    readonly kind: ErrorKind;
    readonly waitMs: number;
  }
  | {
    /** Another engine takes the work over: because the one before failed, because it is late, or because a better one is well again. */
    readonly type: "switch";
    readonly stage: EngineStage;
    readonly from: string;
    readonly to: string;
    readonly why: "failed" | "late" | "recovered";
  }
  | {
    /** An answer was looked up: found in memory, found in the second level, computed by somebody else just now, or not there. */
    readonly type: "cache";
    readonly stage: EngineStage;
    readonly engine: string;
    readonly result: "hit" | "second" | "shared" | "miss";
  };

/** Is told what happens to engines. Called on the path of the work: to be quick, and not to throw. */
export type EngineObserver = (event: EngineEvent) => void;
