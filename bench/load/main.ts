/**
 * `deno task load`: speakers at real pace against the service, its providers simulated in a third process and reached over loopback as real ones are. With
 * `--sessions N` it measures so many; without, it steps up until a bound breaks and says how many sessions a core carries at 70 %. `--soak` lets speakers come
 * and go and watches what the process holds; `--cpu-profile` shows where the time goes. Results are kept in `bench/results/`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { profiles } from "../../adapters/fake/profiles/mod.ts";
import { flameChart } from "../chart/flame_chart.ts";
import { percentile } from "../percentile.ts";
import { machine } from "../profile.ts";
import { keepPicture, keepReport, type Report, reportText } from "../report.ts";
import { readProfile } from "./cpu_profile.ts";
import { Crowd } from "./crowd.ts";
import { noCounts } from "./load_session.ts";
import {
  broken,
  capacity,
  fullShare,
  headings,
  measure,
  type Measurement,
  memoryPerSession,
  probe,
  row,
} from "./measurement.ts";
import { readProcess } from "./process_meter.ts";
import { type LoadedService, type Place, startService } from "./service.ts";
import { soak } from "./soak.ts";
import { lecture, speechMessages } from "./speech.ts";

const rate = 16_000;
const idleMs = 3000;
const soakSessions = "50";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    sessions: { type: "string" },
    step: { type: "string", default: "50" },
    minutes: { type: "string", default: "0.5" },
    profile: { type: "string", default: "published" },
    "message-ms": { type: "string", default: "60" },
    providers: { type: "string", default: "outside" },
    bare: { type: "boolean", default: false },
    soak: { type: "boolean", default: false },
    "cpu-profile": { type: "boolean", default: false },
    "v8-flags": { type: "string" },
    name: { type: "string" },
    dry: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const messageMs = Number(values["message-ms"]);
const measureMs = 60_000 * Number(values.minutes);
const knownProfile = profiles.some(({ name }) => name === values.profile);
const knownPlace = (values.bare ? ["outside"] : ["inside", "outside"]).includes(values.providers);
const positive = [messageMs, measureMs, Number(values.step), Number(values.sessions ?? 1)].every((value) =>
  value > 0
);
if (values.help || !positive || !knownProfile || !knownPlace) {
  console.log(
    [
      "Usage: deno task load [--sessions N | --step N] [--minutes M] [--message-ms 60] [--profile NAME] [--providers outside|inside]",
      "                      [--bare] [--soak] [--cpu-profile] [--name RESULT] [--dry]",
      "",
      "  --sessions N        measures N speakers at once; without it, 50, 100, 150 … until a bound breaks",
      "  --step N            how many are added at a time",
      "  --minutes M         how long each measurement lasts; 0.5 by default",
      "  --message-ms N      how much speech is in a message; 60 by default",
      `  --profile NAME      how fast the providers are: ${profiles.map(({ name }) => name).join(", ")}`,
      "  --providers PLACE   outside: in a third process, over sockets (default); inside: within the service",
      "  --bare              a relay in the place of the service, which does the least that any would have to: what the platform takes",
      "  --soak              speakers come and go, each for a minute: memory, sockets and timers over time",
      "  --cpu-profile       keeps a flame graph of the service",
      "  --v8-flags=FLAGS    for the service, as for `deno run`: --v8-flags=--min-semi-space-size=32",
      "  --name RESULT       what the files in bench/results/ are called; --dry keeps none",
    ].join("\n"),
  );
  Deno.exit(values.help ? 0 : 2);
}
const place = values.providers as Place;
const name = values.name ??
  `load-${messageMs}ms${place === "inside" ? "-inside" : ""}${values.bare ? "-bare" : ""}${
    values.soak ? "-soak" : ""
  }`;
const command = `deno task load ${Deno.args.filter((argument) => argument !== "--dry").join(" ")}`.trim();
const counts = noCounts();

const profile =
  `${values.profile} latencies, ${messageMs} ms messages of PCM at 16 kHz up, one target, 24 kHz in pieces of 100 ms down, speech ${lecture.soundMs} ms on and ` +
  `${lecture.silenceMs} ms off, captions on; load, service and probe in processes of their own on loopback; ${
    place === "outside"
      ? "providers in another: STT over Deepgram's socket (PCM in messages of 100 ms, Results back for each new word and at least once a second), MT over OpenAI's chat route (server-sent events), TTS over Cartesia's socket (base64 in JSON), the clients of both counted with the service"
      : "the simulated engines run inside the service and are counted with it"
  }; each measurement ${values.minutes} min after 6 s of warming up` +
  (values.bare
    ? "; in the place of the service a relay that hands messages on, commits, cuts, keeps and checks nothing"
    : "") +
  (values["v8-flags"] === undefined ? "" : `; the service with --v8-flags=${values["v8-flags"]}`);
console.log(`${machine()}\n${profile}\n`);

const folder = values["cpu-profile"] ? await Deno.makeTempDir() : undefined;
const v8Flags = [
  ...values["v8-flags"] === undefined ? [] : [values["v8-flags"]],
  // A soak wants to know what is alive after each full collection.
  ...values.soak ? ["--trace-gc"] : [],
];
const flags = [
  ...folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`],
  ...v8Flags.length === 0 ? [] : [`--v8-flags=${v8Flags.join(",")}`],
];
const report = await run();
console.log(`\n${reportText(report)}`);
if (!values.dry) console.log(`\nkept in ${(await keepReport(name, report)).join(" and ")}`);
if (folder !== undefined) await keepFlames(folder);
Deno.exit(counts.faults.length === 0 ? 0 : 1);

async function run(): Promise<Report> {
  const { profile: latencies, bare } = values;
  await using service = await startService({ profile: latencies, flags, place, bare });
  const messages = speechMessages(lecture, rate, messageMs);
  const crowd = new Crowd({ url: service.url, rate, messages, counts }, messageMs);
  if (values.soak) {
    const sessions = Number(values.sessions ?? soakSessions);
    return { profile, command, ...await soak(service, { crowd, counts }, sessions, measureMs) };
  }
  const report = await stepUp(service, crowd);
  await crowd.leave();
  return report;
}

async function stepUp(service: LoadedService, crowd: Crowd): Promise<Report> {
  const idleTripsMs = await probe(service.url, idleMs);
  const idle = readProcess(service.pid);
  const measured: Measurement[] = [];
  let end: string | undefined;
  console.log(headings.join(" | "));
  const step = Number(values.step);
  for (let sessions = Number(values.sessions ?? step); end === undefined; sessions += step) {
    const latest = await measure(service, { crowd, counts }, sessions, measureMs);
    measured.push(latest);
    console.log(row(latest).join(" | "));
    end = broken(latest) ?? (values.sessions === undefined ? undefined : "as asked");
  }
  const last = measured.at(-1)!;
  const half = measured.toSorted((one, other) => Math.abs(one.share - 0.5) - Math.abs(other.share - 0.5))[0]!;
  const added = (share: number) => percentile(half.roundTripsMs, share) - percentile(idleTripsMs, share);
  return {
    profile,
    command,
    tables: [{ headings, rows: measured.map(row) }],
    notes: [
      `ended: ${end}`,
      capacity(measured),
      memoryPerSession(idle, measured),
      `added per message at ${(100 * half.share).toFixed(0)} % of a core: p50 ${added(0.5).toFixed(2)}, p99 ${
        added(0.99).toFixed(2)
      } ms (idle: p50 ${percentile(idleTripsMs, 0.5).toFixed(2)}, p99 ${
        percentile(idleTripsMs, 0.99).toFixed(2)
      } ms)`,
      `idle: resident ${(idle.residentBytes / 2 ** 20).toFixed(1)} MB`,
    ],
    bars: {
      title: `What a core carries${values.bare ? " of a bare relay" : ""}, ${messageMs} ms messages`,
      groups: [
        {
          heading: `CPU of the ${values.bare ? "relay" : "service"}, % of a core`,
          bars: measured.map(({ sessions, share }) => ({
            label: `${sessions} sessions`,
            value: 100 * share,
            shown: `${(100 * share).toFixed(0)} %`,
            tone: "ours" as const,
          })),
          bound: { value: 100 * fullShare, label: "70 %" },
        },
        {
          heading: "resident memory, MB",
          bars: [{ sessions: 0, residentBytes: idle.residentBytes }, ...new Set([measured[0]!, last])].map((
            { sessions, residentBytes },
          ) => ({
            label: `${sessions} sessions`,
            value: residentBytes / 2 ** 20,
            shown: `${(residentBytes / 2 ** 20).toFixed(0)} MB`,
            tone: "third" as const,
          })),
        },
      ],
    },
  };
}

async function keepFlames(folder: string): Promise<void> {
  for await (const { name: file } of Deno.readDir(folder)) {
    const { root, areas } = readProfile(JSON.parse(await Deno.readTextFile(`${folder}/${file}`)));
    const notes = [`${profile}.`, `${machine()}, ${new Date().toISOString().slice(0, 10)}; ${command}`];
    const title = "Where the service's time goes";
    const shares = [...areas].toSorted(([, one], [, other]) => other - one);
    for (const [area, ms] of shares) console.log(`${(100 * ms / root.ms).toFixed(1).padStart(5)} %  ${area}`);
    if (!values.dry) {
      console.log(`kept in ${await keepPicture(`${name}-flame`, flameChart({ title, notes, root, areas }))}`);
    }
  }
  await Deno.remove(folder, { recursive: true });
}
