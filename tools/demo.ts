/**
 * `deno task demo`: gets ready what the demonstration needs, then runs it. For help, or a command line that cannot be understood, nothing is installed first.
 *
 * @module
 */
import { demo } from "../cli/demo.ts";
import { parseDemo } from "../cli/demo_arguments.ts";

const preparations = [["setup.ts", "--require"], ["bundle.ts"], ["sample.ts"]];

function isRun(): boolean {
  try {
    return parseDemo(Deno.args, Deno.env.toObject()).type === "demo";
  } catch {
    return false;
  }
}

for (const [script, ...args] of isRun() ? preparations : []) {
  const path = new URL(script!, import.meta.url).pathname;
  const { success, code } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", path, ...args] })
    .spawn().status;
  if (!success) Deno.exit(code);
}
Deno.exit(await demo(Deno.args));
