/**
 * Fetches `promtool`, which checks the metrics and the alert rules in the tests, out of Debian's `prometheus` package without installing that: the package
 * would start a service that listens on every address. Needs no rights.
 *
 * @module
 */

/** Where it is put; ignored by git. */
export const promtoolPath: string = new URL("../.parley/tools/promtool", import.meta.url).pathname;

/**
 * Makes promtool available, unless it is; returns whether it is now.
 *
 * @param refresh brings the package lists up to date, for when the package is not found.
 */
export async function setUpPromtool(
  say: (line: string) => void,
  refresh: () => Promise<boolean>,
): Promise<boolean> {
  if (await runs("promtool") || await runs(promtoolPath)) {
    say("The checks of metrics: promtool is there");
    return true;
  }
  const folder = await Deno.makeTempDir({ prefix: "parley-promtool-" });
  try {
    // apt-get writes as a user of its own where it runs as root.
    await Deno.chmod(folder, 0o777);
    const file = await fetchPackage(folder) ?? (await refresh() ? await fetchPackage(folder) : undefined);
    if (file === undefined || !await run(["dpkg-deb", "--extract", `${folder}/${file}`, folder], folder)) {
      say("The checks of metrics: promtool could not be fetched from Debian's prometheus package");
      return false;
    }
    await Deno.mkdir(new URL(".", `file://${promtoolPath}`), { recursive: true });
    await Deno.copyFile(`${folder}/usr/bin/promtool`, promtoolPath);
    say("The checks of metrics: fetched promtool");
    return true;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Downloads the package; returns the name of its file, `undefined` when there is none. */
async function fetchPackage(folder: string): Promise<string | undefined> {
  if (!await run(["apt-get", "download", "prometheus"], folder)) return undefined;
  return [...Deno.readDirSync(folder)].map(({ name }) => name).find((name) => name.endsWith(".deb"));
}

async function run([program, ...args]: readonly string[], cwd: string): Promise<boolean> {
  try {
    const command = new Deno.Command(program!, { args, cwd, stdin: "null", stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function runs(program: string): Promise<boolean> {
  return await run([program, "--version"], ".");
}
