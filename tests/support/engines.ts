/** The local engines and programs that tests may need, with what shows that each is there and how it is installed. */
const engines = {
  pocketsphinx: {
    install: "apt-get install libpocketsphinx3 pocketsphinx-en-us",
    present: () =>
      anyFile(libraryFolders.map((folder) => `${folder}/libpocketsphinx.so.3`)) &&
      anyFile(["/usr/share/pocketsphinx/model/en-us/en-us.lm.bin"]),
  },
  librivox: {
    install: "apt-get install pocketsphinx-testdata",
    present: () => anyFile(["/usr/share/pocketsphinx/test/data/librivox/transcription"]),
  },
  apertium: {
    install: "apt-get install apertium apertium-eng-spa",
    present: () => onPath("apertium") && anyFile(["/usr/share/apertium/modes/eng-spa.mode"]),
  },
  espeak: { install: "apt-get install espeak-ng", present: () => onPath("espeak-ng") },
  chromium: {
    install: "apt-get install --no-install-recommends chromium",
    present: () => anyFile(["/usr/bin/chromium"]),
  },
  flite: { install: "apt-get install flite", present: () => onPath("flite") },
} as const satisfies Readonly<Record<string, { install: string; present(): boolean }>>;

const libraryFolders = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/local/lib",
  "/usr/lib64",
  "/usr/lib",
];

/** A local engine, a program or a set of recordings that tests may need. */
export type EngineName = keyof typeof engines;

/**
 * Whether the engines that a test needs are there, as an option of `Deno.test`. Where one is missing, the test is skipped with the reason
 * printed; with `CI=true` it is an error instead, so that nothing is skipped unseen.
 *
 * @throws {Error} with `CI=true`, when an engine is missing.
 */
export function requireEngine(names: readonly EngineName[]): { readonly ignore: boolean } {
  const missing = names.filter((name) => !engines[name].present());
  if (missing.length === 0) return { ignore: false };
  const reason = `not installed: ${missing.map((name) => `${name} (${engines[name].install})`).join(", ")}`;
  if (Deno.env.get("CI") === "true") throw new Error(`Cannot run the engine tests, ${reason}`);
  console.warn(`Skipping engine tests, ${reason}`);
  return { ignore: true };
}

function onPath(program: string): boolean {
  return anyFile((Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${program}`));
}

function anyFile(paths: readonly string[]): boolean {
  return paths.some((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
