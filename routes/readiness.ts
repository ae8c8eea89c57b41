import type { Clock } from "../flow/clock.ts";
import { PipelineError } from "../pipeline/error.ts";
import { capabilities } from "../pipeline/capabilities.ts";
import type { Services } from "../pipeline/interpret.ts";
import type { ProviderState, SpeechRecognizer } from "../pipeline/ports.ts";

/** What one engine's probe found. */
export interface EngineState {
  readonly engine: string;
  readonly ready: boolean;
  /** Why it is not ready and what to do about it. */
  readonly detail?: string;
  /** How each of the providers is that the engine is made of, where it is made of some. */
  readonly providers?: readonly ProviderState[];
}

/** The engines' states by stage. */
export type Readiness = Readonly<Record<"stt" | "mt" | "tts", EngineState>>;

/** How long a probe may take, and how long its result is good, in ms. */
const probeMs = 5000;
const freshMs = 5000;
/** Those that only stand in are tried less often: some providers charge for sessions, or allow few of them. */
const othersFreshMs = 60_000;

/**
 * Finds out whether the engines work by opening and disposing a session of each. Callers that come together, or soon after each other, share one
 * probe. An engine that is only busy is ready.
 */
export function readinessProbe(services: Services): () => Promise<Readiness> {
  let latest: { readonly atMs: number; readonly readiness: Promise<Readiness> } | undefined;
  let othersAtMs = -Infinity;
  return async () => {
    const now = services.clock.now();
    if (!latest || now - latest.atMs > freshMs) {
      const others = now - othersAtMs > othersFreshMs;
      if (others) othersAtMs = now;
      latest = { atMs: now, readiness: probeAll(services, others) };
    }
    return await latest.readiness;
  };
}

async function probeAll(services: Services, others: boolean): Promise<Readiness> {
  const { recognizer, translator, synthesizer, clock } = services;
  const can = capabilities(services);
  const pair = can.pairs[0] ?? { source: "en", target: "es" };
  const [stt, mt, tts] = await Promise.all([
    probe(
      recognizer,
      clock,
      others,
      (signal) => recognizer.open({ languages: [pair.source], format: can.inputs[0]!, glossary: {}, signal }),
    ),
    probe(translator, clock, others, (signal) => translator.open({ ...pair, glossary: {}, signal })),
    probe(
      synthesizer,
      clock,
      others,
      (signal) => synthesizer.open({ language: pair.target, formats: can.outputs, signal }),
    ),
  ]);
  return { stt, mt, tts };
}

async function probe(
  { name: engine, providers, tryOthers }: Pick<SpeechRecognizer, "name" | "providers" | "tryOthers">,
  clock: Clock,
  others: boolean,
  open: (signal: AbortSignal) => Promise<AsyncDisposable>,
): Promise<EngineState> {
  const stop = new AbortController();
  const deadline = new AbortController();
  clock.sleep(probeMs, deadline.signal).then(
    () => stop.abort(new PipelineError("timeout", `${engine} did not open within ${probeMs} ms`)),
    () => {},
  );
  // Told after the probe, which may have been what closed or opened a breaker.
  const parts = () => providers ? { providers: providers() } : {};
  const othersTried = others ? tryOthers?.(stop.signal).catch(() => {}) : undefined;
  try {
    await using _ = await open(stop.signal);
    await othersTried;
    return { engine, ready: true, ...parts() };
  } catch (error) {
    await othersTried;
    const failure = PipelineError.from(error, `${engine} could not be opened`);
    return failure.kind === "concurrency" || standsIn(parts().providers)
      ? { engine, ready: true, ...parts() }
      : { engine, ready: false, detail: failure.message, ...parts() };
  } finally {
    deadline.abort();
  }
}

/** Whether one of several providers is well: it may not know the languages that were tried, which only the first choice knew. */
function standsIn(providers: readonly ProviderState[] = []): boolean {
  return providers.slice(1).some(({ state, problem }) => state === "closed" && problem === undefined);
}
