/** A package of Debian and Ubuntu, and what it is needed for. */
export interface DebianPackage {
  readonly name: string;
  readonly purpose: string;
}

/** What the local engines, the demonstration and the tests need. */
export const enginePackages: readonly DebianPackage[] = [
  { name: "libpocketsphinx3", purpose: "speech recognition: the PocketSphinx library" },
  { name: "pocketsphinx-en-us", purpose: "speech recognition: the model for English" },
  { name: "apertium", purpose: "translation: the Apertium tools" },
  { name: "apertium-eng-spa", purpose: "translation: English and Spanish" },
  { name: "espeak-ng", purpose: "speech synthesis: the voices" },
  { name: "flite", purpose: "tests and demonstration: renders English talks" },
  { name: "pocketsphinx-testdata", purpose: "tests and demonstration: recorded speech with its transcripts" },
];

/** What only tests need. */
export const testPackages: readonly DebianPackage[] = [
  { name: "chromium", purpose: "the page in a real browser" },
  { name: "python3-tornado", purpose: "the Apertium server that a translator is tested against" },
  { name: "iproute2", purpose: "a network of its own for that server, which listens on every address" },
];

/** Lists the state of packages, one `name state` a line; it fails when one is unknown, and lists the others all the same. */
export function stateCommand(packages: readonly DebianPackage[]): readonly string[] {
  return [
    "dpkg-query",
    "--show",
    "--showformat=${Package} ${db:Status-Status}\\n",
    ...packages.map(({ name }) => name),
  ];
}

/** The packages that are not fully installed, given what {@linkcode stateCommand} printed. */
export function missingPackages(packages: readonly DebianPackage[], states: string): DebianPackage[] {
  const installed = new Set(
    states.split("\n").filter((line) => line.endsWith(" installed")).map((line) => line.split(" ", 1)[0]),
  );
  return packages.filter(({ name }) => !installed.has(name));
}

/** Prints what could be installed; see {@linkcode listsAreUsable}. */
export function policyCommand(packages: readonly DebianPackage[]): readonly string[] {
  return ["apt-cache", "policy", ...packages.map(({ name }) => name)];
}

/** Whether the package lists know every one of these packages, given what {@linkcode policyCommand} printed (in the C locale). */
export function listsAreUsable(packages: readonly DebianPackage[], policies: string): boolean {
  const candidates = policies.match(/^ {2}Candidate: (?!\(none\)$).+$/gm) ?? [];
  return candidates.length === packages.length;
}

/** Who runs the commands: root itself, or somebody who has `sudo`; `ask` says whether sudo may ask for a password. */
export type Privilege = { readonly type: "root" } | { readonly type: "sudo"; readonly ask: boolean };

/** Refreshes the package lists. */
export function updateCommand(privilege: Privilege): readonly string[] {
  return [...asRoot(privilege), "apt-get", ...patience, "update"];
}

/** Installs packages without asking anything. */
export function installCommand(packages: readonly DebianPackage[], privilege: Privilege): readonly string[] {
  const names = packages.map(({ name }) => name);
  return [
    ...asRoot(privilege),
    "apt-get",
    ...patience,
    "install",
    "--yes",
    "--no-install-recommends",
    ...names,
  ];
}

/** Another apt at work is waited for, in seconds, rather than a failure. */
const patience = ["-o", "DPkg::Lock::Timeout=120"];

function asRoot(privilege: Privilege): readonly string[] {
  const environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
  if (privilege.type === "root") return environment;
  return [...(privilege.ask ? ["sudo"] : ["sudo", "--non-interactive"]), ...environment];
}
