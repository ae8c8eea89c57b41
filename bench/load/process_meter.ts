/** What a process has used and holds at a moment (proc(5)). */
export interface ProcessReading {
  readonly atMs: number;
  /** User and system time, all threads. */
  readonly cpuMs: number;
  readonly residentBytes: number;
  /** Open files and sockets, and the sockets among them. */
  readonly files: number;
  readonly sockets: number;
  /** How often its main thread has waited for something and was woken: an idle process is woken by its timers. */
  readonly wakeUps: number;
}

/** The kernel counts processor time in hundredths of a second on every platform that Deno runs on. */
const msPerTick = 10;

/** Reads what a process has used, from Linux. */
export function readProcess(pid: number): ProcessReading {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets: the fields count from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const wakeUps = /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1];
  const open = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) =>
    targetOf(`/proc/${pid}/fd/${name}`)
  );
  return {
    atMs: performance.now(),
    cpuMs: ticks * msPerTick,
    residentBytes: Number(resident) * 1024,
    files: open.length,
    sockets: open.filter((target) => target.startsWith("socket:")).length,
    wakeUps: Number(wakeUps),
  };
}

/** The share of one core between two readings. */
export function coreShare(from: ProcessReading, to: ProcessReading): number {
  return (to.cpuMs - from.cpuMs) / (to.atMs - from.atMs);
}

function targetOf(link: string): string {
  try {
    return Deno.readLinkSync(link);
  } catch {
    // Closed in the meantime.
    return "";
  }
}
