import type { Profile } from "../../../adapters/fake/profile.ts";
import { type SimulatedTalk, simulatedTalk, type TalkFault } from "./simulated_talk.ts";

/** How long after a failure a silence is still put down to it, in ms. */
const aftermathMs = 10_000;

/** What the loss of a provider's connection in the middle of its work costs the listener. */
export interface DropFigures {
  readonly stage: TalkFault["stage"];
  readonly drops: number;
  /** How much longer the longest silence after each drop is than at the same time of an undisturbed run, in ms; 0 where it is not longer. */
  readonly gapsMs: readonly number[];
  readonly segments: number;
  readonly failed: number;
  readonly wordErrorRate: number;
  /** Of the undisturbed run. */
  readonly usualWordErrorRate: number;
  readonly violations: readonly string[];
}

/** How soon the next provider is asked when the first gives no first result. */
export interface StallFigures {
  readonly stage: "mt" | "tts";
  /** How long after the first was given its work, in ms. */
  readonly askedAfterMs: readonly number[];
  /** What the first takes to its first result where nobody else is there to be asked, so that the slowest are among them, in ms. */
  readonly firstResultsMs: readonly number[];
  readonly failed: number;
  readonly violations: readonly string[];
}

/** What is measured, for how long. */
export interface FigureOptions {
  readonly profile: Profile;
  readonly seed: number;
  readonly minutes: number;
}

/** Loses the connection of the first provider of each stage again and again, in the middle of a word, of a translation, of speech. */
export async function measureDrops(options: FigureOptions): Promise<readonly DropFigures[]> {
  const usual = await simulatedTalk(options);
  const fault = { type: "dropped", when: "after", every: 20 } as const;
  const faults: readonly TalkFault[] = [
    { stage: "stt", everyMs: 15_000 },
    { stage: "mt", fault },
    { stage: "tts", fault },
  ];
  const figures: DropFigures[] = [];
  for (const fault of faults) {
    const talk = await simulatedTalk({ ...options, fault });
    figures.push({
      stage: fault.stage,
      drops: talk.log.atMs.length,
      gapsMs: talk.log.atMs.map((atMs) => Math.max(0, silenceAfter(talk, atMs) - silenceAfter(usual, atMs))),
      segments: Object.values(talk.outcomes).reduce((sum, count) => sum + count),
      failed: talk.outcomes.failed,
      wordErrorRate: talk.wordErrorRate,
      usualWordErrorRate: usual.wordErrorRate,
      violations: [...usual.violations, ...talk.violations],
    });
  }
  return figures;
}

/** Has one in fifty answers of the first translator, and then of the first voice, not begin at all. */
export async function measureStalls(options: FigureOptions): Promise<readonly StallFigures[]> {
  const figures: StallFigures[] = [];
  for (const stage of ["mt", "tts"] as const) {
    const fault = { stage, fault: { type: "stalled", when: "before", every: 50 } } as const;
    const { log, outcomes, violations } = await simulatedTalk({ ...options, fault });
    const well = { stage, fault: { ...fault.fault, every: Infinity } } as const;
    const usual = await simulatedTalk({ ...options, fault: well, alone: true });
    figures.push({
      stage,
      askedAfterMs: log.askedAfterMs,
      firstResultsMs: usual.log.firstResultsMs,
      failed: outcomes.failed,
      violations: [...violations, ...usual.violations],
    });
  }
  return figures;
}

function silenceAfter({ silences }: SimulatedTalk, atMs: number): number {
  const near = silences.filter(({ fromMs, toMs }) => toMs >= atMs && fromMs <= atMs + aftermathMs);
  return Math.max(0, ...near.map(({ fromMs, toMs }) => toMs - fromMs));
}
