/**
 * Builds what browsers get from the service, into `web/build/`: the page, the client as one ES module, and its audio worklets. Does nothing when
 * that is newer than everything it is made of.
 *
 * @module
 */

/** What fetches its parts as they are wanted, and what from. */
const inParts: Readonly<Record<string, string>> = {
  "client.js": "client/mod.ts",
  "page.js": "web/page.ts",
};

/** What is built in one piece. */
const inOnePiece: Readonly<Record<string, string>> = {
  "capture.worklet.js": "client/capture/capture.worklet.ts",
  "playback.worklet.js": "client/playback/playback.worklet.ts",
};

/** Everything that may be part of it. */
const sources = ["client", "protocol", "flow", "web", "deno.json", "tools/bundle.ts"];

const root = new URL("../", import.meta.url);
const build = new URL("web/build/", root);

/** Builds what is older than its sources; returns the names of what was built. Rejects with what the bundler says when it fails. */
export async function bundle(): Promise<readonly string[]> {
  const newest = Math.max(...await Promise.all(sources.map((path) => changedAt(new URL(path, root)))));
  const names = [...Object.keys(inParts), ...Object.keys(inOnePiece)];
  const built = await Promise.all(names.map((name) => changedAt(new URL(name, build))));
  if (Math.min(...built) > newest) return [];
  await Deno.mkdir(build, { recursive: true });
  const [parts] = await Promise.all([
    Promise.all(Object.entries(inParts).map(([name, entry]) => bundleInParts(name, entry))),
    Promise.all(Object.entries(inOnePiece).map(([name, entry]) => bundleEntry(name, entry))),
  ]);
  await removeOldParts(new Set(parts.flat()));
  return names;
}

/** Parts have their contents in their names: `speaker-HMXG7W6N.js`. */
const partName = /^[a-z_]+-[A-Z0-9]{8}\.js$/;

/** Returns the names of the parts. What names them goes last, so that they are there. */
async function bundleInParts(name: string, entry: string): Promise<readonly string[]> {
  const half = new URL(`${name}.${crypto.randomUUID()}/`, build);
  await bundler("--code-splitting", "--outdir", half.pathname, entry);
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(half)) if (partName.test(name)) parts.push(name);
  for (const part of parts) await Deno.rename(new URL(part, half), new URL(part, build));
  const main = entry.slice(entry.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  await Deno.rename(new URL(main, half), new URL(name, build));
  await Deno.remove(half, { recursive: true });
  return parts;
}

async function removeOldParts(parts: ReadonlySet<string>): Promise<void> {
  for await (const { name } of Deno.readDir(build)) {
    if (partName.test(name) && !parts.has(name)) await Deno.remove(new URL(name, build)).catch(() => {});
  }
}

/** Writes beside the old file first: whoever reads it meanwhile gets all of one or the other. */
async function bundleEntry(name: string, entry: string): Promise<void> {
  const output = new URL(name, build);
  const half = new URL(`${name}.${crypto.randomUUID()}`, build);
  await bundler("-o", half.pathname, entry);
  await Deno.rename(half, output);
}

async function bundler(...args: readonly string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", ...args],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot bundle ${args.at(-1)}: ${new TextDecoder().decode(stderr)}`);
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
