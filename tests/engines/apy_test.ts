import { assertEquals } from "@std/assert";
import { hasApertiumApy } from "../../tools/apertium_apy.ts";
import { translatorChecks } from "../conformance/translator.ts";

/** Whether there is a real server, and a way to keep it from listening on every address of this machine. */
async function canRun(): Promise<boolean> {
  const missing = ["ip", "unshare"].find((program) => !onPath(program));
  const reason = missing !== undefined
    ? `${missing} is not installed`
    : !await hasApertiumApy()
    ? "apertium-apy is not there: deno task setup fetches it"
    : Deno.build.os !== "linux" || !canUnshare()
    ? "there are no network namespaces to be had, and apertium-apy listens on every address"
    : undefined;
  if (reason !== undefined) console.warn(`Skipping the test with a real apertium-apy: ${reason}`);
  return reason === undefined;
}

function onPath(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

function canUnshare(): boolean {
  return new Deno.Command("unshare", { args: ["-n", "true"], stderr: "null" }).outputSync().success;
}

Deno.test("apy translates with a real apertium-apy", { ignore: !await canRun() }, async (test) => {
  const script = new URL("../support/contract/apy_inside.ts", import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command("unshare", {
    args: ["-n", Deno.execPath(), "run", "-A", "--no-check", "--cached-only", script],
    cwd: new URL("../..", import.meta.url).pathname,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const results: { name: string; error?: string }[] = decoder.decode(stdout).split("\n")
    .filter((line) => line !== "").map((line) => JSON.parse(line));
  for (const { name, error } of results) {
    await test.step(name, () => assertEquals(error, undefined));
  }
  assertEquals(success, true, decoder.decode(stderr));
  assertEquals(results.length, translatorChecks.length + 1);
});
