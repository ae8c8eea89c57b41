/**
 * `deno task demo`: starts the service, interprets a talk through its public WebSocket as it is spoken, and leaves the service running.
 *
 * @module
 */
import { CommandError } from "./command_error.ts";
import { type DemoArguments, demoHelp, parseDemo } from "./demo_arguments.ts";
import { explain } from "./explain.ts";
import { type Interruption, Signals } from "./interruption.ts";
import { LaneOutput } from "./lane_output.ts";
import type { Line } from "./line.ts";
import { LineView } from "./line_view.ts";
import { LiveRegion } from "./live_region.ts";
import { LiveView } from "./live_view.ts";
import type { SourceFile } from "./source_file.ts";
import { together } from "../flow/together.ts";
import { sampleTalk } from "./sample_talk.ts";
import { type EngineState, occupantOf, waitForEngines } from "./service_probe.ts";
import { ServiceProcess } from "./service_process.ts";
import { streamUrl } from "./service_url.ts";
import { legend } from "./stage_bar.ts";
import { fullBarMs } from "./captions_view.ts";
import { spokenDuration } from "./duration.ts";
import { summaryLines } from "./summary.ts";
import { interpretTalk, type Talk } from "./talk.ts";
import { tell, tellError } from "./tell.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** How long the engines may take to get ready, in ms. */
const readyMs = 60_000;

/** Runs the demonstration; returns the exit code. */
export async function demo(args: readonly string[]): Promise<number> {
  const env = Deno.env.toObject();
  const terminal = terminalOf(Deno.stdout, env);
  let url: URL | undefined;
  let options: DemoArguments | undefined;
  using signals = new Signals();
  try {
    const parsed = parseDemo(args, env);
    if (parsed.type === "help") {
      console.log(demoHelp);
      return 0;
    }
    options = parsed;
    url = streamUrl(`ws://localhost:${options.port}`, "demo");
    return await demonstrate(options, { url, env, terminal }, signals);
  } catch (error) {
    const told = url && options ? await explain(error, { url, key: options.key, begun: false }) : error;
    if (!(told instanceof CommandError)) throw told;
    tellError(terminalOf(Deno.stderr, env), told);
    return told.exitCode;
  }
}

interface Surroundings {
  readonly url: URL;
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
}

async function demonstrate(
  options: DemoArguments,
  { url, env, terminal }: Surroundings,
  interruption: Interruption,
): Promise<number> {
  const page = `http://localhost:${options.port}`;
  const occupant = await occupantOf(page, interruption.inOrder);
  if (occupant === "another") {
    throw new CommandError(`Something else than Parley answers on port ${options.port}`, [
      "Stop it, or take another port: PARLEY_PORT=8001 deno task demo",
    ]);
  }
  const running = occupant === "parley";
  tell(terminal, [[{
    text: running ? `Using the service that runs on ${page}` : `Starting the service on ${page}`,
  }]]);
  await using service = running ? undefined : startService(env);
  const [source] = await together<[SourceFile, void]>(
    interruption.inOrder,
    (signal) => sampleTalk(options.sample, signal),
    (signal) => getReady(page, service, terminal, signal),
  );
  const talk = await talkThrough(source, options, { url, terminal }, interruption);
  const failure = talk.failure && await explain(talk.failure.reason, { url, key: options.key, begun: true });
  const width = terminal.size().columns - 1;
  tell(terminal, [[], ...summaryLines(talk, { live: true, width }), []]);
  if (failure) tellError(terminal, failure);
  const worked = talk.firstAudioMs !== undefined && !failure;
  if (options.once || interruption.inOrder.aborted) return worked ? 0 : 1;
  if (!service) {
    tell(terminal, [[{ text: `The service on ${page} runs on as before` }]]);
    return worked ? 0 : 1;
  }
  await stay(service, page, terminal, interruption.inOrder);
  return worked ? 0 : 1;
}

/** The service gets our environment; a key of ours is a client's matter. */
function startService(env: Readonly<Record<string, string>>): ServiceProcess {
  const { PARLEY_API_KEY: _, ...rest } = env;
  return new ServiceProcess(rest);
}

async function getReady(
  page: string,
  service: ServiceProcess | undefined,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const dead = new AbortController();
  service?.ended.then(() =>
    dead.abort(new CommandError("The service ended before it was ready", service.lastLines))
  );
  using region = terminal.live ? new LiveRegion(terminal) : undefined;
  const states = await waitForEngines(page, {
    withinMs: readyMs,
    report: (states) => region?.show([], [engineLine(states)]),
  }, AbortSignal.any([signal, dead.signal]));
  const waiting = states.filter(({ ready }) => !ready);
  if (waiting.length > 0 || states.length === 0) {
    throw new CommandError(
      "The service does not get ready",
      waiting.map(({ stage, engine, detail }) => `${stage} ${engine}: ${detail ?? "not ready"}`),
    );
  }
  const took: Line = [...engineLine(states), {
    text: `  after ${spokenDuration(performance.now() - startedMs)}`,
    style: "faint",
  }];
  if (region) region.show([took], []);
  else tell(terminal, [took]);
}

function engineLine(states: readonly EngineState[]): Line {
  if (states.length === 0) return [{ text: "  The engines are being started", style: "faint" }];
  return states.flatMap(({ stage, engine, ready }) => [
    { text: `  ${stage} ` },
    { text: `${engine} ${ready ? "✓" : "…"}`, style: ready ? "good" as const : "faint" as const },
  ]);
}

async function talkThrough(
  source: SourceFile,
  { to, out, key }: DemoArguments,
  { url, terminal }: Pick<Surroundings, "url" | "terminal">,
  interruption: Interruption,
): Promise<Talk> {
  return await interpretTalk({
    url,
    key,
    from: "en",
    to,
    live: true,
    source,
    createOutput: (lane) => LaneOutput.create(lane, to.length, { out, captions: undefined, compact: false }),
    createView: () => {
      tell(terminal, introduction(source.totalMs ?? 0, to, terminal));
      const style = { source: "en", bars: true };
      return terminal.live ? new LiveView(terminal, style) : new LineView(terminal, style);
    },
  }, interruption);
}

function introduction(totalMs: number, to: readonly string[], { color }: Terminal): Line[] {
  return [
    [],
    [{
      text: `A talk of ${spokenDuration(totalMs)} in en is spoken now and interpreted into ${
        to.join(", ")
      } meanwhile.`,
    }],
    color
      ? [{ text: "Words " }, { text: "like these", style: "tentative" }, { text: " may still change." }]
      : [{ text: "Words [in brackets] may still change." }],
    [{
      text: "A bar is the time from the end of a clause to its first translated audio; a full one is " +
        `${spokenDuration(fullBarMs)}:`,
    }],
    [{ text: "  " }, ...legend],
    [],
  ];
}

/** Leaves the service running, in sight, until it is to end. */
async function stay(
  service: ServiceProcess,
  page: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  tell(terminal, [
    [{ text: `The service goes on running on ${page}`, style: "strong" }, { text: ": Ctrl-C stops it" }],
    [{ text: "  Try: deno task translate talk.wav --from en --to es --out out.wav", style: "faint" }],
  ]);
  service.onLine = (line) => tell(terminal, [[{ text: line, style: "faint" }]]);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    service.ended.then(() => resolve());
  });
  service.onLine = undefined;
  if (service.hasEnded) throw new CommandError("The service ended by itself", service.lastLines);
  tell(terminal, [[{ text: "Stopping the service" }]]);
}

if (import.meta.main) Deno.exit(await demo(Deno.args));
