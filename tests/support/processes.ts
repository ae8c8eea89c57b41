/** A process of this machine as Linux shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** The name of its program, cut at 15 characters. */
  readonly name: string;
}

/** The processes that run now, without those that have ended and wait to be forgotten. */
export function runningProcesses(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const match = /^\d+ \((.*)\) (\S) (\d+) (\d+) /s.exec(readStat(name));
    if (!match || match[2] === "Z") continue;
    entries.push({ pid: Number(name), name: match[1]!, parent: Number(match[3]), group: Number(match[4]) });
  }
  return entries;
}

function readStat(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    // It has ended since the folder was listed.
    return "";
  }
}
