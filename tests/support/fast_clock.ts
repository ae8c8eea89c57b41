import { type Clock, systemClock } from "../../flow/clock.ts";

/** The machine's own time, so many times faster: for what waits in real time for something that is not what the test is about. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
