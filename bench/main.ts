/**
 * `deno task bench [NAME …]`: measures what the README and `docs/` state. Prints tables and keeps them in `bench/results/`, as JSON and as a chart, with the
 * machine and the profile.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { clientTimes } from "./client.ts";
import { fakeClauses, hurriedClauses, localClauses } from "./clauses.ts";
import { guesses } from "./guesses.ts";
import { oldAgainstNew } from "./old_app/comparison.ts";
import { messagePath } from "./message_path.ts";
import { microTimes } from "./micro.ts";
import { pageTimes } from "./page.ts";
import { machine } from "./profile.ts";
import { keepReport, type Report, reportText } from "./report.ts";
import { localStages } from "./stages.ts";
import { startTime } from "./start.ts";
import { wireOverhead } from "./wire.ts";

const benches: Readonly<
  Record<string, { readonly about: string; run(signal: AbortSignal): Promise<Report> }>
> = {
  "wire": { about: "binary against base64 in JSON: bytes and CPU of a message (10 s)", run: wireOverhead },
  "start": { about: "from an open socket to the first accepted message (10 s)", run: startTime },
  "path": { about: "CPU of a message through the whole service, without sockets (1 min)", run: messagePath },
  "clauses-fake": {
    about: "clause end → first audio, engines that take no time (1.5 min)",
    run: fakeClauses,
  },
  "clauses-local": {
    about: "clause end → first audio, local engines on the sample talk (2 min)",
    run: localClauses,
  },
  "clauses-hurried": { about: "the same for a speaker who hardly pauses (1.5 min)", run: hurriedClauses },
  "client": {
    about: "what the client adds: captions, cuts, and a thousand of them (3 min)",
    run: clientTimes,
  },
  "page": {
    about: "from the visit of a stranger until the page can be used, in Chromium (30 s)",
    run: pageTimes,
  },
  "guesses": { about: "what translating clauses before they are certain gains (1 min)", run: guesses },
  "stages-local": { about: "each local engine by itself: latency and speed (2 min)", run: localStages },
  "old-app": {
    about: "the app that Parley replaces against Parley, at the same provider speeds (4 min)",
    run: oldAgainstNew,
  },
  "micro": {
    about: "queue, codec, commit, segment and what adapters read, by themselves (2 min)",
    run: microTimes,
  },
};

const { values, positionals } = parseArgs({
  args: Deno.args,
  options: {
    "dry": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
  allowPositionals: true,
});
const names = Object.keys(benches);
const unknown = positionals.filter((name) => !names.includes(name));
if (values.help || unknown.length > 0) {
  console.log(
    [
      ...unknown.map((name) => `Cannot run ${name}: there is no such benchmark`),
      "Usage: deno task bench [--dry] [NAME …]    all of them without a name; --dry keeps no results",
      "",
      ...Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`),
      "",
      "Others: deno task load (what a core carries), deno task chaos (every kind of trouble)",
    ].join("\n"),
  );
  Deno.exit(values.help ? 0 : 2);
}
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort(new DOMException("Interrupted", "AbortError")));
console.log(`${machine()}\n${new Date().toISOString().slice(0, 10)}`);
for (const name of positionals.length > 0 ? positionals : names) {
  const { about, run } = benches[name]!;
  console.log(`\n── ${name}: ${about}`);
  const report = await run(stop.signal);
  console.log(reportText(report));
  if (!values.dry) console.log(`\nkept in ${(await keepReport(name, report)).join(" and ")}`);
}
Deno.exit(0);
