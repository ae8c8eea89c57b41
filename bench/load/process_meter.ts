/** What a process has used and holds at a moment (proc(5)). */
export interface ProcessReading {
  readonly atMs: number;
  /** User and system time, all threads. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  /** Open files and sockets. */
  readonly files: number;
}

/** The kernel counts processor time in hundredths of a second on every platform that Deno runs on. */
const msPerTick = 10;

/** Reads what a process has used, from Linux. */
export function readProcess(pid: number): ProcessReading {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets: the fields count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return {
    atMs: performance.now(),
    cpuMs: ticks * msPerTick,
    residentBytes: Number(resident) * 1024,
    files: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
  };
}

/** The share of one core between two readings. */
export function coreShare(from: ProcessReading, to: ProcessReading): number {
  return (to.cpuMs - from.cpuMs) / (to.atMs - from.atMs);
}
