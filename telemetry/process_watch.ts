import { cpuUsage } from "node:process";
import type { Clock } from "../flow/clock.ts";
import type { Exits, Recorder } from "./exits.ts";

/** How often the event loop is looked at, in ms. */
export const lookEveryMs = 500;

/** What the process uses, as the platform gives it. */
export interface ProcessUse {
  /** Processor time since it began, in s. */
  cpuSeconds(): number;
  memory(): { readonly residentBytes: number; readonly heapBytes: number };
}

/** What this very process uses. */
export const ownProcess: ProcessUse = {
  cpuSeconds() {
    const { user, system } = cpuUsage();
    return (user + system) / 1e6;
  },
  memory() {
    const { rss, heapUsed } = Deno.memoryUsage();
    return { residentBytes: rss, heapBytes: heapUsed };
  },
};

/** Watches the process: how late its timers are, what it uses, how long it has run. */
export class ProcessWatch {
  readonly use: ProcessUse;
  readonly loopLag: Recorder;
  readonly #clock: Clock;
  readonly #startMs: number;

  constructor(exits: Exits, clock: Clock, use: ProcessUse = ownProcess) {
    this.use = use;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.loopLag = exits.histogram("loopLag");
    exits.read("cpu", () => [{ labels: {}, value: use.cpuSeconds() }]);
    exits.read("resident", () => [{ labels: {}, value: use.memory().residentBytes }]);
    exits.read("heap", () => [{ labels: {}, value: use.memory().heapBytes }]);
    exits.read("uptime", () => [{ labels: {}, value: this.uptimeMs / 1000 }]);
  }

  /** How long it has run, in ms. */
  get uptimeMs(): number {
    return this.#clock.now() - this.#startMs;
  }

  /** Looks at the event loop twice a second until the signal aborts; `onLook` is called each time. Never rejects. */
  async run(signal: AbortSignal, onLook: () => void): Promise<void> {
    while (!signal.aborted) {
      const dueMs = this.#clock.now() + lookEveryMs;
      try {
        await this.#clock.sleep(lookEveryMs, signal);
      } catch {
        return;
      }
      this.loopLag.record(Math.max(0, this.#clock.now() - dueMs) / 1000, {});
      onLook();
    }
  }
}
