/**
 * Downloads the specifications that providers publish, for the contract tests: pinned to a commit each, and checked against a checksum. They are third-party
 * data and stay out of the project's own tree.
 *
 * @module
 */
import { downloadContracts } from "./download_contracts.ts";
import { publishedFiles } from "./published_contracts.ts";

const origin = "https://raw.githubusercontent.com";
const into = new URL("../.parley/contracts", import.meta.url).pathname;

if (Deno.args.length > 0) {
  console.log("Downloads the providers' published specifications into .parley/contracts. Takes no options.");
  Deno.exit(Deno.args.every((argument) => argument === "--help" || argument === "-h") ? 0 : 2);
}
const downloads = await downloadContracts(publishedFiles, {
  origin,
  into,
  signal: AbortSignal.timeout(120_000),
});
const width = Math.max(...downloads.map(({ name }) => name.length));
for (const { name, trouble } of downloads) {
  console.log(`${name.padEnd(width)}  ${trouble === "" ? "is there, as pinned" : trouble}`);
}
const failed = downloads.filter(({ trouble }) => trouble !== "").length;
console.log(
  failed === 0
    ? "\nThe contract tests use them from now on, unless CONTRACTS_DIR names another folder"
    : `\n${failed} of ${downloads.length} could not be had; the tests skip what needs them, and say so`,
);
Deno.exit(failed === 0 ? 0 : 1);
