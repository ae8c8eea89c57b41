import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  enginePackages,
  installCommand,
  listsAreUsable,
  missingPackages,
  policyCommand,
  stateCommand,
  updateCommand,
} from "../../../tools/debian_packages.ts";

const two = [
  { name: "espeak-ng", purpose: "speaks" },
  { name: "libpocketsphinx3", purpose: "hears" },
];

Deno.test("missingPackages() is empty when dpkg lists all of them as installed", () => {
  assertEquals(missingPackages(two, "espeak-ng installed\nlibpocketsphinx3 installed\n"), []);
});

Deno.test("missingPackages() names what dpkg does not list, in the order it is wanted", () => {
  assertEquals(missingPackages(two, ""), two);
  assertEquals(missingPackages(two, "libpocketsphinx3 installed\n"), [two[0]!]);
});

Deno.test("missingPackages() does not take a removed or half-configured package for an installed one", () => {
  for (const state of ["config-files", "not-installed", "half-configured", "half-installed", "unpacked"]) {
    assertEquals(missingPackages(two, `espeak-ng ${state}\nlibpocketsphinx3 installed\n`), [two[0]!]);
  }
});

Deno.test("missingPackages() does not take a package for another whose name begins alike", () => {
  assertEquals(missingPackages(two, "espeak-ng-data installed\nlibpocketsphinx3 installed\n"), [two[0]!]);
});

Deno.test("listsAreUsable() is false when a package is unknown or has no candidate", () => {
  const espeak = "espeak-ng:\n  Installed: (none)\n  Candidate: 1.51+dfsg-10+deb12u1\n  Version table:\n";
  const without = "libpocketsphinx3:\n  Installed: 0.8\n  Candidate: (none)\n  Version table:\n";
  const sphinx =
    "libpocketsphinx3:\n  Installed: (none)\n  Candidate: 0.8+5prealpha+1-15\n  Version table:\n";
  assert(!listsAreUsable(two, ""));
  assert(!listsAreUsable(two, espeak));
  assert(!listsAreUsable(two, espeak + without));
  assert(listsAreUsable(two, espeak + sphinx));
});

Deno.test("installCommand() and updateCommand() ask nothing, as root and through sudo", () => {
  assertEquals(
    installCommand(two, { type: "root" }).join(" "),
    [
      "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120",
      "install --yes --no-install-recommends espeak-ng libpocketsphinx3",
    ].join(" "),
  );
  assertEquals(
    updateCommand({ type: "sudo", ask: true }).join(" "),
    "sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 update",
  );
  assertMatch(updateCommand({ type: "sudo", ask: false }).join(" "), /^sudo --non-interactive env /);
});

Deno.test("stateCommand() and policyCommand() ask about every package", () => {
  assertEquals(stateCommand(two).slice(-2), ["espeak-ng", "libpocketsphinx3"]);
  assertEquals(policyCommand(two), ["apt-cache", "policy", "espeak-ng", "libpocketsphinx3"]);
});

Deno.test("enginePackages says what each package is for, once", () => {
  assertEquals(new Set(enginePackages.map(({ name }) => name)).size, enginePackages.length);
  for (const { name, purpose } of enginePackages) {
    assertMatch(name, /^[a-z0-9][a-z0-9+.-]+$/);
    assertMatch(purpose, /: /);
  }
});
