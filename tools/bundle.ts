/**
 * Builds what browsers get from the service, into `web/build/`: the page, the client as one ES module, and its audio worklets. Does nothing when
 * that is newer than everything it is made of.
 *
 * @module
 */

/** What is built, and what from. */
const entries: Readonly<Record<string, string>> = {
  "client.js": "client/mod.ts",
  "capture.worklet.js": "client/capture/capture.worklet.ts",
  "playback.worklet.js": "client/playback/playback.worklet.ts",
  "page.js": "web/page.ts",
};

/** Everything that may be part of it. */
const sources = ["client", "protocol", "flow", "web", "deno.json", "tools/bundle.ts"];

const root = new URL("../", import.meta.url);
const build = new URL("web/build/", root);

/** Builds what is older than its sources; returns the names of what was built. Rejects with what the bundler says when it fails. */
export async function bundle(): Promise<readonly string[]> {
  const newest = Math.max(...await Promise.all(sources.map((path) => changedAt(new URL(path, root)))));
  const built = await Promise.all(Object.keys(entries).map((name) => changedAt(new URL(name, build))));
  if (Math.min(...built) > newest) return [];
  await Deno.mkdir(build, { recursive: true });
  const names = Object.keys(entries);
  await Promise.all(names.map((name) => bundleEntry(name, entries[name]!)));
  return names;
}

/** Writes beside the old file first: whoever reads it meanwhile gets all of one or the other. */
async function bundleEntry(name: string, entry: string): Promise<void> {
  const output = new URL(name, build);
  const half = new URL(`${name}.${crypto.randomUUID()}`, build);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", "-o", half.pathname, entry],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(half, output);
}

/** When a file, or the newest within a folder, was changed, in ms; 0 when there is none. */
async function changedAt(path: URL): Promise<number> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  if (!info.isDirectory) return info.mtime?.getTime() ?? 0;
  if (path.href === build.href.slice(0, -1)) return 0;
  // A folder's own time tells of files that are gone.
  const times = [info.mtime?.getTime() ?? 0];
  for await (const { name } of Deno.readDir(path)) {
    times.push(await changedAt(new URL(`${path.href}/${name}`)));
  }
  return Math.max(...times);
}

if (import.meta.main) {
  const built = await bundle();
  console.log(built.length > 0 ? `Built ${built.join(", ")} in web/build/` : "web/build/ is up to date");
}
