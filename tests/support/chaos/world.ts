import { Random } from "../../../adapters/fake/random.ts";
import { profiles } from "../../../adapters/fake/profiles/mod.ts";
import type { Trouble } from "../../../adapters/fake/trouble.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { defaultLimits } from "../../../sessions/limits.ts";
import { Registry } from "../../../sessions/registry.ts";
import { FakeClock } from "../fake_clock.ts";
import { worldEngines } from "./engines.ts";
import { type SessionReport, speakSession } from "./speaker.ts";
import { vandalise } from "./vandal.ts";

/** What a world of speakers came to. */
export interface WorldReport {
  readonly seed: number;
  /** Whether retries, breakers and second engines stood between the trouble and the sessions. */
  readonly resilient: boolean;
  readonly sessions: readonly SessionReport[];
  /** Sockets on which nobody spoke properly, and how many of them the service closed. */
  readonly garbage: { readonly sockets: number; readonly closed: number };
  /** Source audio, all sessions together. */
  readonly minutes: number;
  /** What must not have been, with the traces of the sessions that it was in. */
  readonly violations: readonly string[];
}

/** Everything that the simulator can do wrong, often. */
export const everyTrouble: Trouble = {
  stt: {
    refused: 0.02,
    dropsPerMinute: 0.1,
    stallsPerMinute: 0.05,
    stallMs: 8_000,
    misheard: 0.1,
    late: 0.1,
    duplicated: 0.1,
    empty: 0.05,
    shorter: 0.1,
    contradicting: 0.1,
    endpointFirst: 0.2,
  },
  mt: { refused: 0.02, dropped: 0.03, stalled: 0.02, stallMs: 20_000, slow: 0.05, empty: 0.03, odd: 0.2 },
  tts: { refused: 0.02, dropped: 0.03, stalled: 0.02, stallMs: 20_000, slow: 0.05, empty: 0.03, odd: 0.2 },
};

const resumeMs = 30_000;
/** What the service gives its sessions when it goes away, and what its platform gives the service. */
const graceMs = 3500;
const platformMs = 5000;
/** Longer than anything in a session may take after its speaker has stopped talking, in ms. */
const patienceMs = 600_000;

/**
 * Lets speakers talk to a whole service at the same time, one session after the other, on a clock of their own: the client SDK, sockets in memory, the
 * registry and its sessions, and simulated engines with every kind of trouble. The same seed gives the same world.
 */
export async function runWorld(
  { seed, minutes, speakers = 6, trouble = everyTrouble }: {
    readonly seed: number;
    readonly minutes: number;
    readonly speakers?: number;
    readonly trouble?: Trouble;
  },
): Promise<WorldReport> {
  const clock = new FakeClock();
  const random = new Random(seed);
  const violations: string[] = [];
  const profile = random.pick(profiles);
  const resilient = random.chance(0.5);
  const stalls = resilient ? endless(trouble) : trouble;
  const { census, ...engines } = worldEngines({ seed, profile, trouble: stalls, clock, random, resilient });
  const registry = new Registry({
    services: { ...engines, clock },
    limits: { ...defaultLimits, resumeMs },
    onFault: (error) => {
      if (!(error instanceof PipelineError) || error.kind === "internal") {
        violations.push(`fault: ${error instanceof Error ? error.stack : String(error)}`);
      }
    },
  });

  const untilMs = minutes * 60_000 / speakers;
  const sessions: SessionReport[] = [];
  let busy = speakers;
  const live = async (random: Random) => {
    try {
      while (clock.now() < untilMs) {
        const report = await speakSession({ registry, clock, random: random.fork() });
        sessions.push(report);
        if (report.violations.length > 0) {
          violations.push(...report.violations, ...report.trace.map((line) => `    ${line}`));
        }
        await clock.sleep(1000, new AbortController().signal);
      }
    } catch (error) {
      violations.push(`a speaker failed: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      busy -= 1;
    }
  };
  const lives = Array.from({ length: speakers }, () => live(random.fork()));
  let garbage = { sockets: 0, closed: 0 };
  const vandal = vandalise({ registry, clock, random: random.fork(), untilMs }).then((did) => {
    garbage = did;
  }, (error) => {
    violations.push(`garbage was not contained: ${error instanceof Error ? error.stack : String(error)}`);
  });
  // Half of the instances go away while their speakers still talk.
  if (random.chance(0.5)) violations.push(...await drainAt(untilMs, registry, clock));
  while (busy > 0 && clock.now() < untilMs + patienceMs) await clock.advance(1000);
  if (busy > 0) violations.push(`${busy} of ${speakers} speakers did not come to an end`);
  else await Promise.all([...lives, vandal]);
  // What was left behind by speakers who vanished is kept for a resume, no longer.
  await clock.advance(resumeMs + 60_000);
  await registry.drain(0);
  await engines[Symbol.asyncDispose]();

  const left = { sessions: registry.size, timers: clock.pending, engines: census.open };
  for (const [what, count] of Object.entries(left)) {
    if (count !== 0) violations.push(`${count} ${what} left at the end`);
  }
  return {
    seed,
    resilient,
    sessions,
    garbage,
    minutes: sessions.reduce((sum, { sourceMs }) => sum + sourceMs, 0) / 60_000,
    violations,
  };
}

/** Silences without an end of their own: what stands around the engines has to end them. */
function endless({ stt, mt, tts }: Trouble): Trouble {
  const without = <T extends { readonly stallMs?: number }>({ stallMs: _, ...rest }: T) => rest;
  return {
    ...(stt ? { stt: without(stt) } : {}),
    ...(mt ? { mt: without(mt) } : {}),
    ...(tts ? { tts: without(tts) } : {}),
  };
}

/** Lets an instance go away, and says what was not gone in time. */
async function drainAt(atMs: number, registry: Registry, clock: FakeClock): Promise<string[]> {
  await clock.advance(Math.max(0, atMs - clock.now()));
  let drained = false;
  const draining = registry.drain(graceMs).then(() => drained = true);
  await clock.advance(platformMs);
  if (!drained || registry.size > 0) {
    return [`${registry.size} sessions left ${platformMs} ms after the signal`];
  }
  await draining;
  return [];
}
