import type { Clock } from "../../flow/clock.ts";
import type { Profile } from "./profile.ts";
import type { Trouble } from "./trouble.ts";

/** Options of the simulated engines. */
export interface SimulatorOptions {
  /** The same seed gives the same times and the same trouble; 1 by default. */
  readonly seed?: number;
  /** How fast the providers are; as published by default. */
  readonly profile?: Profile;
  /** What goes wrong; nothing by default. */
  readonly trouble?: Trouble;
  /** What the times run on, other than those of recognition, which are media time; the machine's time by default. */
  readonly clock?: Clock;
}

/** What the simulated engines are called. */
export const simulatorName = "simulated";
