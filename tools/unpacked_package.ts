/**
 * Gets single programs out of packages of Debian without installing these: for packages that would start a service which listens on every address.
 * Needs no rights.
 *
 * @module
 */

/** Where such programs are put; ignored by git. */
export const programsFolder: string = new URL("../.parley/tools/", import.meta.url).pathname;

/**
 * Downloads a package and unpacks it.
 *
 * @param refresh brings the package lists up to date, for when the package is not found; returns whether it could.
 * @param take is given the folder with the package's files, which is gone afterwards.
 * @returns whether there was such a package.
 */
export async function unpackPackage(
  name: string,
  refresh: () => Promise<boolean>,
  take: (folder: string) => Promise<void>,
): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: `parley-${name}-` });
  try {
    // apt-get writes as a user of its own where it runs as root.
    await Deno.chmod(folder, 0o777);
    const file = await download(name, folder) ?? (await refresh() ? await download(name, folder) : undefined);
    if (file === undefined) return false;
    if (!await runs(["dpkg-deb", "--extract", `${folder}/${file}`, folder], folder)) return false;
    await Deno.mkdir(programsFolder, { recursive: true });
    await take(folder);
    return true;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a command in silence; returns whether there is one and it succeeded. */
export async function runs(
  [program, ...args]: readonly string[],
  cwd = ".",
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  try {
    const options = { args, cwd, env: { ...env }, stdin: "null", stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(program!, options).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Returns the name of the file; `undefined` when there is no such package. */
async function download(name: string, folder: string): Promise<string | undefined> {
  if (!await runs(["apt-get", "download", name], folder)) return undefined;
  return [...Deno.readDirSync(folder)].map(({ name }) => name).find((name) => name.endsWith(".deb"));
}
