import { renderClauses } from "../cli/sample/render.ts";
import { loadConfig } from "../config.ts";
import { systemClock } from "../flow/clock.ts";
import type { Format } from "../pipeline/audio.ts";
import type { Input, SpeechRecognizer, SpeechSynthesizer, Translator } from "../pipeline/ports.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const messageMs = 100;
const format: Format = { codec: "pcm_s16le", rate: 16_000 };

/** What a stage did with one clause. */
interface Timing {
  /** To the first result, in ms: of the recognizer, from the end of the clause's sound to its final. */
  readonly latencyMs: number;
  /** How long the whole took, and how much audio went in or came out. */
  readonly workMs: number;
  readonly audioMs: number;
}

/** Each stage with the local engine, by itself: the clauses of the sample talk one after the other. */
export async function localStages(signal: AbortSignal): Promise<Report> {
  const talk = await Deno.readTextFile(new URL("../cli/sample/talk.txt", import.meta.url));
  const { samples, clauses } = await renderClauses(talk, signal);
  const { recognizer, translator, synthesizer } = loadConfig({ PARLEY_CACHE_MB: "0" }).createEngines();
  await using _recognizer = recognizer;
  await using _translator = translator;
  await using _synthesizer = synthesizer;
  const stt: Timing[] = [];
  for (const { start, end } of clauses) {
    const clause = samples.subarray(start, end);
    const { latencyMs } = await hear(recognizer, clause, true, signal);
    stt.push({ ...await hear(recognizer, clause, false, signal), latencyMs });
  }
  const { timings: mt, texts } = await translateAll(translator, clauses.map(({ text }) => text), signal);
  const tts = await speakAll(synthesizer, texts, signal);
  const rows = [
    row(`stt, ${recognizer.name}`, stt),
    row(`mt, ${translator.name}`, mt),
    row(`tts, ${synthesizer.name}`, tts),
  ];
  return {
    profile:
      `local engines, each stage alone: ${clauses.length} clauses of the sample talk, ${
        (clauses.reduce((sum, { start, end }) => sum + end - start, 0) / format.rate).toFixed(0)
      } s of speech; a hearing of its own for each clause, given ${messageMs} ms at a time, at the pace of speech for its latency and as fast as it takes them for the rest; translator and voice open throughout. ` +
      "Latency: from the end of the sound to the final, from the request to the first text, from the text to the first audio. Real-time factor: time to work a second of audio",
    tables: [{
      headings: ["stage", "latency p50, ms", "p95", "max", "whole clause p50, ms", "p95", "real-time factor"],
      rows: rows.map(({ cells }) => cells),
    }],
    bars: {
      title: "The stages with the engines that need no network",
      groups: [{
        heading: "latency, ms (p50 and p95)",
        bars: rows.flatMap(({ stage, p50, p95 }) => [
          { label: `${stage}, p50`, value: p50, shown: `${p50.toFixed(1)} ms`, tone: "ours" as const },
          { label: "p95", value: p95, shown: `${p95.toFixed(1)} ms`, tone: "third" as const },
        ]),
      }],
    },
  };
}

function row(stage: string, timings: readonly Timing[]) {
  const latency = timings.map(({ latencyMs }) => latencyMs);
  const work = timings.map(({ workMs }) => workMs);
  const sum = (pick: (timing: Timing) => number) =>
    timings.reduce((total, timing) => total + pick(timing), 0);
  const audioMs = sum(({ audioMs }) => audioMs);
  const [p50, p95] = [percentile(latency, 0.5), percentile(latency, 0.95)];
  return {
    stage,
    p50,
    p95,
    cells: [
      stage,
      p50,
      p95,
      Math.max(...latency),
      percentile(work, 0.5),
      percentile(work, 0.95),
      audioMs === 0 ? "" : (sum(({ workMs }) => workMs) / audioMs).toFixed(3),
    ],
  };
}

async function hear(
  engine: SpeechRecognizer,
  samples: Int16Array,
  atPace: boolean,
  signal: AbortSignal,
): Promise<Timing> {
  await using hearing = await engine.open({ languages: ["en"], format, glossary: {}, signal });
  const startMs = systemClock.now();
  let saidMs = startMs;
  const step = format.rate * messageMs / 1000;
  async function* input(): AsyncGenerator<Input> {
    for (let position = 0; position < samples.length; position += step) {
      const piece = samples.slice(position, position + step);
      const dueMs = startMs + (position + piece.length) * 1000 / format.rate;
      if (atPace && dueMs > systemClock.now()) await systemClock.sleep(dueMs - systemClock.now(), signal);
      yield { type: "frame", rate: format.rate, position, samples: piece };
    }
    saidMs = systemClock.now();
  }
  let finalMs = NaN;
  for await (const event of hearing.hear(input(), signal)) {
    if (event.type === "hypothesis" && event.final) finalMs = systemClock.now();
  }
  const audioMs = samples.length * 1000 / format.rate;
  // A recognizer that pauses found its final within the clause: then the end of the input is the end of its work.
  return { latencyMs: Math.max(0, finalMs - saidMs), workMs: systemClock.now() - startMs, audioMs };
}

async function translateAll(
  engine: Translator,
  clauses: readonly string[],
  signal: AbortSignal,
): Promise<{ timings: Timing[]; texts: string[] }> {
  await using translation = await engine.open({ source: "en", target: "es", glossary: {}, signal });
  const timings: Timing[] = [];
  const texts: string[] = [];
  for (const [index, text] of clauses.entries()) {
    const startMs = systemClock.now();
    let firstMs = NaN;
    let target = "";
    for await (const event of translation.translate({ segment: index + 1, text, history: [] }, signal)) {
      if (event.type !== "append") continue;
      if (target === "") firstMs = systemClock.now();
      target += event.text;
    }
    timings.push({ latencyMs: firstMs - startMs, workMs: systemClock.now() - startMs, audioMs: 0 });
    texts.push(target);
  }
  return { timings, texts };
}

async function speakAll(
  engine: SpeechSynthesizer,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Timing[]> {
  await using voice = await engine.open({ language: "es", formats: engine.traits.formats, signal });
  const timings: Timing[] = [];
  for (const [index, text] of texts.entries()) {
    const startMs = systemClock.now();
    let firstMs = NaN;
    let audioMs = 0;
    for await (const event of voice.speak(once(text), { segment: index + 1, speed: 1 }, signal)) {
      if (event.type !== "frame" || event.samples.length === 0) continue;
      if (audioMs === 0) firstMs = systemClock.now();
      audioMs += event.samples.length * 1000 / event.rate;
    }
    timings.push({ latencyMs: firstMs - startMs, workMs: systemClock.now() - startMs, audioMs });
  }
  return timings;
}

async function* once(text: string): AsyncGenerator<string, void> {
  yield await Promise.resolve(text);
}
