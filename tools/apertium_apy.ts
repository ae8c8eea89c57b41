/**
 * Fetches `apertium-apy`, the HTTP server that the tests run its adapter against, out of Debian's package without installing that: the package would start
 * a service that listens on every address.
 *
 * @module
 */
import { programsFolder, runs, unpackPackage } from "./unpacked_package.ts";

const fetchedModules = `${programsFolder}apertium-apy`;

/** The command that runs the server, and what it needs in its environment. */
export const apertiumApyCommand: {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} = {
  // Debian's own: another one on the path would not find Debian's libraries.
  program: "/usr/bin/python3",
  args: ["-c", "from apertium_apy.apy import main; main()"],
  env: { PYTHONPATH: fetchedModules, LC_ALL: "C.UTF-8" },
};

/** Whether the server can be run. */
export async function hasApertiumApy(): Promise<boolean> {
  const { program, env } = apertiumApyCommand;
  return await runs([program, "-c", "import apertium_apy.apy"], ".", env);
}

/**
 * Makes the server available, unless it is; returns whether it is now.
 *
 * @param refresh brings the package lists up to date, for when the package is not found.
 */
export async function setUpApertiumApy(
  say: (line: string) => void,
  refresh: () => Promise<boolean>,
): Promise<boolean> {
  if (await hasApertiumApy()) {
    say("The remote translator of the tests: apertium-apy is there");
    return true;
  }
  await unpackPackage("apertium-apy", refresh, async (folder) => {
    await Deno.remove(fetchedModules, { recursive: true }).catch(() => {});
    await runs(["cp", "-r", `${folder}/usr/lib/python3/dist-packages`, fetchedModules]);
  });
  const there = await hasApertiumApy();
  say(
    there
      ? "The remote translator of the tests: fetched apertium-apy"
      : "The remote translator of the tests: apertium-apy could not be fetched from Debian's package",
  );
  return there;
}
