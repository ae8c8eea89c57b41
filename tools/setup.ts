/**
 * Installs what the local engines and the tests need, on Debian and Ubuntu; elsewhere says what to install. Does nothing when everything is there,
 * and then needs neither network nor rights. Ends with 0 even where something is missing, so that tests can skip what needs it. With
 * `--require` it installs what the engines need and no more, and ends with 1 when something of that is missing.
 *
 * @module
 */
import {
  type DebianPackage,
  enginePackages,
  installCommand,
  listsAreUsable,
  missingPackages,
  policyCommand,
  type Privilege,
  stateCommand,
  testPackages,
  updateCommand,
} from "./debian_packages.ts";
import { setUpApertiumApy } from "./apertium_apy.ts";
import { setUpPromtool } from "./promtool.ts";

/**
 * Brings a machine to the point where all `packages` are installed; returns those that are still missing.
 *
 * @param what who needs them, for what is said meanwhile: `local engines`.
 */
export async function setUp(
  packages: readonly DebianPackage[],
  what: string,
): Promise<readonly DebianPackage[]> {
  const before = await missing(packages);
  if (before === undefined) {
    say(`This system has no dpkg. The ${what} need, each with its library and data:`);
    list(packages);
    say("On Debian or Ubuntu:", `  ${printable(installCommand(packages, { type: "sudo", ask: true }))}`);
    return packages;
  }
  if (before.length === 0) {
    say(`The ${what}: all ${packages.length} packages are installed`);
    return [];
  }

  say(`The ${what} need these Debian packages, which are not installed:`);
  list(before);
  const privilege = await findPrivilege();
  if (!privilege) {
    say("They have to be installed by root, and there is no sudo. As root, run:");
    say(
      `  ${printable(updateCommand({ type: "root" }))} && ${
        printable(installCommand(before, { type: "root" }))
      }`,
    );
    return before;
  }

  const known = listsAreUsable(before, await output(policyCommand(before)) ?? "");
  if (!known) await run(updateCommand(privilege));
  const installed = await run(installCommand(before, privilege));
  // Lists that are known but old name files that are gone from the archive.
  if (!installed && known && await run(updateCommand(privilege))) {
    await run(installCommand(before, privilege));
  }

  const after = await missing(before) ?? before;
  if (after.length === 0) say(`The ${what}: installed ${before.length} packages`);
  else {
    say("Still missing:");
    list(after);
    say("Install them by hand:", `  ${printable(installCommand(after, { type: "sudo", ask: true }))}`);
  }
  return after;
}

/** The packages that are missing; `undefined` where there is no dpkg. */
async function missing(packages: readonly DebianPackage[]): Promise<DebianPackage[] | undefined> {
  const states = await output(stateCommand(packages));
  return states === undefined ? undefined : missingPackages(packages, states);
}

async function findPrivilege(): Promise<Privilege | undefined> {
  if (Deno.uid() === 0) return { type: "root" };
  if (await output(["sudo", "--version"]) === undefined) return undefined;
  return { type: "sudo", ask: Deno.stdin.isTerminal() };
}

/** Brings the package lists up to date, where that is allowed. */
async function refreshLists(): Promise<boolean> {
  const privilege = await findPrivilege();
  return privilege !== undefined && await run(updateCommand(privilege));
}

/** What a command prints, whether or not it succeeds; `undefined` when there is no such command. */
async function output([program, ...args]: readonly string[]): Promise<string | undefined> {
  try {
    const command = new Deno.Command(program!, { args, env: { LC_ALL: "C" }, stdin: "null", stderr: "null" });
    return new TextDecoder().decode((await command.output()).stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs a command in sight of the user; returns whether it succeeded. */
async function run(commandLine: readonly string[]): Promise<boolean> {
  say(`$ ${printable(commandLine)}`);
  const [program, ...args] = commandLine;
  const { success } = await new Deno.Command(program!, { args }).spawn().status;
  return success;
}

function printable(commandLine: readonly string[]): string {
  return commandLine.join(" ");
}

function list(packages: readonly DebianPackage[]): void {
  const width = Math.max(...packages.map(({ name }) => name.length));
  for (const { name, purpose } of packages) say(`  ${name.padEnd(width)}  ${purpose}`);
}

function say(...lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}

if (import.meta.main) {
  const required = Deno.args.includes("--require");
  const stillMissing = [
    ...await setUp(enginePackages, "local engines"),
    ...(required ? [] : await setUp(testPackages, "tests")),
  ];
  const checksThere = required ||
    (await Promise.all([setUpPromtool(say, refreshLists), setUpApertiumApy(say, refreshLists)])).every(
      Boolean,
    );
  if (stillMissing.length > 0 || !checksThere) {
    say(required ? "Cannot go on without them" : "Whatever needs them is skipped, or fails where CI=true");
    if (required) Deno.exit(1);
  }
}
