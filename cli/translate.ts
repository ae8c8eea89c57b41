/**
 * `deno task translate`: interprets a recording through a running service.
 *
 * @module
 */
import { parseTranslate, type TranslateArguments, translateHelp } from "./arguments.ts";
import { CommandError, usageError } from "./command_error.ts";
import { explain } from "./explain.ts";
import { type Interruption, Signals } from "./interruption.ts";
import { LaneOutput } from "./lane_output.ts";
import { LineView } from "./line_view.ts";
import { LiveView } from "./live_view.ts";
import { outputName } from "./output_name.ts";
import { reportOf } from "./report.ts";
import { openSource } from "./source_file.ts";
import { summaryLines } from "./summary.ts";
import { interpretTalk, sourceRate, type Talk } from "./talk.ts";
import { tell, tellError } from "./tell.ts";
import { type Terminal, terminalOf } from "./terminal.ts";
import { waterfall, type WaterfallRow } from "./waterfall.ts";

/** The waterfall of a long talk shows this many bars. */
const mostBars = 60;

/** Runs the command; returns its exit code. */
async function main(args: readonly string[]): Promise<number> {
  const env = Deno.env.toObject();
  let options: TranslateArguments;
  try {
    const parsed = parseTranslate(args, env);
    if (parsed.type === "help") {
      console.log(translateHelp);
      return 0;
    }
    options = parsed;
  } catch (error) {
    return refuse(error, terminalOf(Deno.stderr, env), args.includes("--json"));
  }
  const terminal = terminalOf(options.json ? Deno.stderr : Deno.stdout, env);
  using signals = new Signals();
  const circumstances = { url: options.url, key: options.key };
  let talk: Talk;
  try {
    await refuseOverwriting(options);
    talk = await translate(options, terminal, signals);
  } catch (error) {
    return refuse(
      await explain(error, { ...circumstances, begun: false }),
      terminalOf(Deno.stderr, env),
      options.json,
    );
  }
  const failure = talk.failure && await explain(talk.failure.reason, { ...circumstances, begun: true });
  tell(terminal, conclusion(talk, options, terminal.size().columns));
  if (failure) tellError(terminalOf(Deno.stderr, env), failure);
  if (options.json) {
    const report = reportOf(talk, { file: options.input, from: options.from, error: failure?.message });
    console.log(JSON.stringify(report, null, 2));
  }
  return failure ? 1 : 0;
}

async function translate(
  options: TranslateArguments,
  terminal: Terminal,
  interruption: Interruption,
): Promise<Talk> {
  const source = await openSource(options.input, {
    rate: sourceRate,
    command: "translate",
    signal: interruption.inOrder,
  });
  return await interpretTalk({
    ...options,
    live: !options.fast,
    source,
    createOutput: (lane) => LaneOutput.create(lane, options.to.length, options),
    createView: ({ lanes }) => {
      const style = { source: lanes.find(({ lane }) => lane === 0)?.language ?? options.from, bars: false };
      return terminal.live ? new LiveView(terminal, style) : new LineView(terminal, style);
    },
  }, interruption);
}

function conclusion(talk: Talk, { fast }: TranslateArguments, width: number) {
  const rows = talk.clauses.flatMap(({ segment, translations }) =>
    translations.flatMap(({ language, timing }): WaterfallRow[] =>
      timing ? [{ segment, language, timing }] : []
    )
  );
  const nothing = talk.clauses.length === 0 ? [[{ text: "  Nothing was understood" }], []] : [];
  const bars = waterfall(rows, { width: width - 1, rows: mostBars });
  return [
    [],
    ...nothing,
    ...bars,
    ...(bars.length > 0 ? [[]] : []),
    ...summaryLines(talk, { live: !fast, width: width - 1 }),
  ];
}

/** A file that is read must not be written at the same time. */
async function refuseOverwriting({ input, to, out, captions }: TranslateArguments): Promise<void> {
  const source = input === "-" ? undefined : await realPath(input);
  const files = [out, captions].filter((path) => path !== undefined);
  const names = to.flatMap((language) => files.map((path) => outputName(path, language, to.length)));
  const paths = await Promise.all(names.map(realPath));
  const index = paths.findIndex((path, index) => path === source || paths.indexOf(path) !== index);
  if (index < 0 || paths[index] === undefined) return;
  throw usageError(`${names[index]} is given twice: expected different files`, "translate");
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    return path;
  }
}

function refuse(error: unknown, terminal: Terminal, json: boolean): number {
  if (!(error instanceof CommandError)) throw error;
  tellError(terminal, error);
  if (json) console.log(JSON.stringify({ error: error.message }, null, 2));
  return error.exitCode;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
