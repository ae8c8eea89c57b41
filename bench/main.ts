/**
 * `deno task bench [NAME …]`: measures what the README states, with the machine and the profile beside each figure.
 *
 * @module
 */
import { fakeClauses, hurriedClauses, localClauses } from "./clauses.ts";
import { oldApp } from "./old_app.ts";
import { machine } from "./profile.ts";
import { wireOverhead } from "./wire.ts";

const benches: Readonly<
  Record<string, { readonly about: string; run(signal: AbortSignal): Promise<string> }>
> = {
  "wire": { about: "bytes on the wire beyond the samples (seconds)", run: wireOverhead },
  "clauses-fake": {
    about: "clause end → first audio, engines that take no time (1.5 min)",
    run: fakeClauses,
  },
  "clauses-local": {
    about: "clause end → first audio, local engines on the sample talk (2 min)",
    run: localClauses,
  },
  "clauses-hurried": { about: "the same for a speaker who hardly pauses (1.5 min)", run: hurriedClauses },
  "old-app": { about: "the app that Parley replaces, rebuilt at its providers' speeds (10 s)", run: oldApp },
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(benches);
const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.log(
    [
      "Usage: deno task bench [NAME …]",
      "",
      ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`),
    ].join("\n"),
  );
  Deno.exit(Deno.args.includes("--help") ? 0 : 2);
}
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort(new DOMException("Interrupted", "AbortError")));
console.log(`${machine()}\n${new Date().toISOString().slice(0, 10)}`);
for (const name of wanted) {
  console.log(`\n── ${name}: ${benches[name]!.about}`);
  console.log(await benches[name]!.run(stop.signal));
}
Deno.exit(0);
