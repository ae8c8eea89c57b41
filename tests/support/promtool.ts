/** Where `promtool` may be: on the path, or where `tools/setup.ts` puts it. */
const candidates = ["promtool", new URL("../../.parley/tools/promtool", import.meta.url).pathname];

/** How to run Prometheus's own checks, or why they cannot be run. */
export interface Promtool {
  /** An option of `Deno.test`: skipped, with the reason printed, where there is no promtool. */
  readonly ignore: boolean;
  /** Runs promtool with a text on its standard input; returns what it says, and whether it is content. */
  run(args: readonly string[], input?: string): Promise<{ readonly ok: boolean; readonly said: string }>;
}

/**
 * Looks for promtool.
 *
 * @throws {Error} with `CI=true`, when there is none.
 */
export async function findPromtool(): Promise<Promtool> {
  for (const program of candidates) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
      return { ignore: false, run: (args, input = "") => run(program, args, input) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const reason = "promtool is not installed: deno task setup fetches it";
  if (Deno.env.get("CI") === "true") throw new Error(`Cannot check the metrics: ${reason}`);
  console.warn(`Skipping checks of metrics, ${reason}`);
  return { ignore: true, run: (args) => run(candidates[0]!, args, "") };
}

async function run(program: string, args: readonly string[], input: string) {
  await using process = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { ok: success, said: `${decode(stdout)}${decode(stderr)}`.trim() };
}
