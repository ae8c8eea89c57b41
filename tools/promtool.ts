/**
 * Fetches `promtool`, which checks the metrics and the alert rules in the tests, out of Debian's `prometheus` package without installing that: the package
 * would start a service that listens on every address.
 *
 * @module
 */
import { programsFolder, runs, unpackPackage } from "./unpacked_package.ts";

/** Where it is put; ignored by git. */
export const promtoolPath: string = `${programsFolder}promtool`;

/**
 * Makes promtool available, unless it is; returns whether it is now.
 *
 * @param refresh brings the package lists up to date, for when the package is not found.
 */
export async function setUpPromtool(
  say: (line: string) => void,
  refresh: () => Promise<boolean>,
): Promise<boolean> {
  if (await runs(["promtool", "--version"]) || await runs([promtoolPath, "--version"])) {
    say("The checks of metrics: promtool is there");
    return true;
  }
  const fetched = await unpackPackage(
    "prometheus",
    refresh,
    (folder) => Deno.copyFile(`${folder}/usr/bin/promtool`, promtoolPath),
  );
  say(
    fetched
      ? "The checks of metrics: fetched promtool"
      : "The checks of metrics: promtool could not be fetched from Debian's prometheus package",
  );
  return fetched;
}
