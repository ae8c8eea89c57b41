import { fakeRecognizer } from "../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../adapters/fake/translator.ts";
import { renderClauses, type RenderOptions } from "../cli/sample/render.ts";
import { loadConfig } from "../config.ts";
import { wordErrors } from "../tests/support/wer.ts";
import { chrF } from "./chrf.ts";
import { type ClauseLatency, measureClauses, type ReferenceClause } from "./clause_meter.ts";
import { percentile } from "./percentile.ts";
import { serveEngines } from "../tests/support/live_service.ts";
import type { Report, ReportTable } from "./report.ts";
import { runTalk, type TalkRun } from "./talk_run.ts";

const rate = 16_000;
const languages = { source: "en", target: "es" };

/** Clause end → first translated audio with engines that take no time: what the policy's code and the gateway add. */
export async function fakeClauses(signal: AbortSignal): Promise<Report> {
  const clauses = evenClauses(40, 5);
  const script = clauses.map(({ text, start, end }) => {
    const words = text.split(" ");
    const wordMs = (end - start) * 1000 / rate / words.length;
    return {
      words: words.map((text, index) => ({
        text,
        startMs: start * 1000 / rate + index * wordMs,
        endMs: start * 1000 / rate + (index + 1) * wordMs,
      })),
    };
  });
  await using service = serveEngines({
    recognizer: fakeRecognizer({ script }),
    translator: fakeTranslator(),
    synthesizer: fakeSynthesizer({ msPerCharacter: 25 }),
  });
  const samples = new Int16Array(clauses.at(-1)!.end + rate);
  const run = await runTalk(service.url, samples, rate, languages, signal);
  const measured = measureClauses(clauses, run.segments, rate, run.arrivalOf);
  return {
    profile:
      "Clause end → first translated audio, engines that take no time (60 ms messages, one session, service and client in one process)",
    tables: [latencies(measured, clauses.length)],
    notes: ["target 15 / 40 ms, stretch 5 / 15 ms (p50 / p95)"],
    bars: latencyBars("What the service itself adds to a clause", measured, {
      value: 15,
      label: "target for p50: 15 ms",
    }),
  };
}

/** The same with the local engines on the sample talk, rendered clause by clause. */
export function localClauses(signal: AbortSignal): Promise<Report> {
  return localTalk("pauses of 250, 450 and 700 ms after clause, sentence and paragraph", {}, signal);
}

/** The same for a speaker who hardly pauses: clauses have to be found without the help of silence. */
export function hurriedClauses(signal: AbortSignal): Promise<Report> {
  const pauses = { clausePauseMs: 40, sentencePauseMs: 120, paragraphPauseMs: 200 };
  return localTalk("pauses of 40, 120 and 200 ms", pauses, signal);
}

async function localTalk(profile: string, pauses: RenderOptions, signal: AbortSignal): Promise<Report> {
  const talk = await Deno.readTextFile(new URL("../cli/sample/talk.txt", import.meta.url));
  const reference = await Deno.readTextFile(new URL("../cli/sample/talk.es.txt", import.meta.url));
  const { samples, clauses } = await renderClauses(talk, signal, pauses);
  const { recognizer, translator, synthesizer } = loadConfig({}).createEngines();
  await using _recognizer = recognizer;
  await using _translator = translator;
  await using _synthesizer = synthesizer;
  await using service = serveEngines({ recognizer, translator, synthesizer });
  const run = await runTalk(service.url, samples, rate, languages, signal);
  const measured = measureClauses(clauses, run.segments, rate, run.arrivalOf);
  return {
    profile:
      `Clause end → first translated audio, local engines (${recognizer.name}, ${translator.name}, ${synthesizer.name}; the sample talk, ${
        (samples.length / rate).toFixed(0)
      } s, ${profile}, ${clauses.length} reference clauses, 60 ms messages)`,
    tables: [latencies(measured, clauses.length), quality(run, clauses, reference), stages(run)],
    notes: ["target p50 900 ms, stretch 600 ms"],
    bars: latencyBars("From the end of a clause to its translation, local engines", measured, {
      value: 900,
      label: "target for p50: 900 ms",
    }),
  };
}

function latencies(measured: readonly ClauseLatency[], clauses: number): ReportTable {
  const row = (what: string, values: readonly number[]) => [
    what,
    percentile(values, 0.5),
    percentile(values, 0.95),
    Math.max(...values),
  ];
  return {
    title: `${measured.length} of ${clauses} clauses measured`,
    headings: ["ms", "p50", "p95", "max"],
    rows: [
      row("first audio sent", measured.map(({ latencyMs }) => latencyMs)),
      row("heard, after earlier playout", measured.map(({ audibleMs }) => audibleMs)),
    ],
  };
}

function latencyBars(
  title: string,
  measured: readonly ClauseLatency[],
  bound: { readonly value: number; readonly label: string },
): NonNullable<Report["bars"]> {
  const latency = measured.map(({ latencyMs }) => latencyMs);
  const bar = (share: number) => {
    const value = percentile(latency, share);
    return { label: `p${100 * share}`, value, shown: `${value.toFixed(1)} ms`, tone: "ours" as const };
  };
  return {
    title,
    groups: [{
      heading: "first translated audio after the clause's end",
      bars: [0.25, 0.5, 0.75, 0.95].map(bar),
      bound,
    }],
  };
}

function quality(run: TalkRun, clauses: readonly ReferenceClause[], reference: string): ReportTable {
  const said = clauses.map(({ text }) => text).join(" ");
  const lengths = run.segments.map(({ characters }) => characters);
  return {
    headings: ["what", "value"],
    rows: [
      ["segments", String(run.segments.length)],
      [
        "characters in a segment, p50 / p95",
        `${percentile(lengths, 0.5).toFixed(0)} / ${percentile(lengths, 0.95).toFixed(0)}`,
      ],
      [
        "word error rate of what was committed",
        `${(100 * wordErrors(said, run.sourceText).rate).toFixed(1)} %`,
      ],
      [
        "chrF2 of the translation against the reference, in lower case",
        chrF(run.targetText.toLowerCase(), reference.toLowerCase()).toFixed(1),
      ],
      [
        "lag, p50 / max",
        `${percentile(run.timings.map(({ lagMs }) => lagMs), 0.5).toFixed(0)} / ${
          Math.max(...run.timings.map(({ lagMs }) => lagMs)).toFixed(0)
        } ms`,
      ],
    ],
  };
}

function stages(run: TalkRun): ReportTable {
  const row = (stage: string, pick: (timing: TalkRun["timings"][number]) => number) => {
    const values = run.timings.map(pick);
    return [stage, percentile(values, 0.5), percentile(values, 0.95)];
  };
  return {
    headings: ["stage, ms", "p50", "p95"],
    rows: [
      row("stt", ({ sttMs }) => sttMs),
      row("mt", ({ mtMs }) => mtMs),
      row("tts", ({ ttsMs }) => ttsMs),
      row("ttfab", ({ ttfabMs }) => ttfabMs),
    ],
  };
}

/** Clauses of so many words, 300 ms each, with pauses of 0.5 s. */
function evenClauses(count: number, words: number): ReferenceClause[] {
  const samples = words * 0.3 * rate;
  return Array.from({ length: count }, (_, index) => {
    const start = 0.5 * rate + index * (samples + 0.5 * rate);
    return {
      text: Array.from({ length: words }, (_, word) => `word${index}${"abcdefgh"[word]}`).join(" "),
      start,
      end: start + samples,
    };
  });
}
