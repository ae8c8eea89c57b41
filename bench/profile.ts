/** The machine that a figure was measured on, in a line. */
export function machine(): string {
  const { hardwareConcurrency } = navigator;
  const model = /^model name\s*:\s*(.+)$/m.exec(readText("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const memoryGb = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${hardwareConcurrency} × ${model}, ${memoryGb} GB, ${Deno.build.os}, Deno ${Deno.version.deno}`;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
