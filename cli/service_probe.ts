import { systemClock } from "../flow/clock.ts";

/** What answers at an address. */
export type Occupant = "nobody" | "parley" | "another";

/** One engine as the service's readiness page tells of it. */
export interface EngineState {
  readonly stage: string;
  readonly engine: string;
  readonly ready: boolean;
  readonly detail: string | undefined;
}

/** How long an answer may take, in ms; probing engines takes a while. */
const answerMs = 8000;
const pollMs = 250;

/** Finds out what answers at an address such as `http://localhost:8000`. */
export async function occupantOf(url: string, signal: AbortSignal): Promise<Occupant> {
  try {
    const health = await getJson(`${url}/healthz`, signal);
    const languages = await getJson(`${url}/v1/languages`, signal);
    return health["status"] === "ok" && "engines" in languages ? "parley" : "another";
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof TypeError ? "nobody" : "another";
  }
}

/** The states of a service's engines; `undefined` while it does not answer. */
export async function engineStates(url: string, signal: AbortSignal): Promise<EngineState[] | undefined> {
  try {
    const { engines } = await getJson(`${url}/readyz`, signal);
    return Object.entries(engines as Record<string, Omit<EngineState, "stage">>)
      .map(([stage, { engine, ready, detail }]) => ({ stage, engine, ready, detail }));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * Waits until all engines of a service are ready.
 *
 * @param report is told of the states whenever they were asked for.
 * @returns the last states: of engines that are not ready when `withinMs` have passed.
 * @throws `signal.reason` when the signal aborts first.
 */
export async function waitForEngines(
  url: string,
  { withinMs, report }: {
    readonly withinMs: number;
    readonly report: (states: readonly EngineState[]) => void;
  },
  signal: AbortSignal,
): Promise<readonly EngineState[]> {
  const deadlineMs = systemClock.now() + withinMs;
  while (true) {
    const states = await engineStates(url, signal) ?? [];
    report(states);
    const ready = states.length > 0 && states.every((state) => state.ready);
    if (ready || systemClock.now() > deadlineMs) return states;
    await systemClock.sleep(pollMs, signal);
  }
}

async function getJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
  });
  const value: unknown = await response.json().catch(() => undefined);
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new Error(`Cannot read ${url}: expected a JSON object`);
}
