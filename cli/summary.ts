import { clockTime, spokenDuration } from "./duration.ts";
import type { LaneOutput } from "./lane_output.ts";
import { hang, type Line, type Span } from "./line.ts";
import { percentile } from "./percentile.ts";
import type { Talk } from "./talk.ts";
import type { Clause } from "./transcript.ts";

/** How quickly one language of a talk came. */
export interface LanguageSummary {
  readonly language: string;
  readonly spoken: number;
  readonly skipped: number;
  /** How long the speech is, in ms. */
  readonly spokenMs: number;
  /** From the end of a clause to its first translated audio, in ms; `undefined` when nothing was spoken. */
  readonly ttfabMs: { readonly p50: number; readonly p95: number } | undefined;
  /** From the end of a clause to the moment when its translation is played, in ms; `undefined` when nothing was spoken. */
  readonly lagMs: { readonly median: number; readonly max: number } | undefined;
}

/** Sums a language of a talk up. */
export function summarize(clauses: readonly Clause[], language: string): LanguageSummary {
  const all = clauses.flatMap(({ translations }) => translations.filter((one) => one.language === language));
  const timings = all.flatMap(({ timing }) => timing ? [timing] : []);
  const ttfabs = timings.flatMap(({ ttfabMs }) => ttfabMs === undefined ? [] : [ttfabMs]);
  const lags = timings.flatMap(({ lagMs }) => lagMs === undefined ? [] : [lagMs]);
  const [p50, p95] = [percentile(ttfabs, 0.5), percentile(ttfabs, 0.95)];
  const median = percentile(lags, 0.5);
  return {
    language,
    spoken: timings.length,
    skipped: all.length - timings.length,
    spokenMs: tenth(timings.reduce((sum, { audioMs }) => sum + audioMs, 0)),
    ttfabMs: p50 === undefined || p95 === undefined ? undefined : { p50: tenth(p50), p95: tenth(p95) },
    lagMs: median === undefined ? undefined : { median: tenth(median), max: tenth(Math.max(...lags)) },
  };
}

/** The service does not say it more exactly. */
function tenth(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** What is said about a talk in the end. */
export interface SummarizedTalk
  extends Pick<Talk, "engines" | "clauses" | "sourceMs" | "firstAudioMs" | "cuts"> {
  readonly outputs: readonly Pick<LaneOutput, "language" | "audio" | "captions">[];
}

/**
 * The summary of a talk, a line for each fact.
 *
 * @param options `live` is whether it was sent at the speed of speech; otherwise its times say little, and the summary says so. `width` is how many
 * columns there are.
 */
export function summaryLines(
  talk: SummarizedTalk,
  { live, width }: { readonly live: boolean; readonly width: number },
): Line[] {
  const facts: [name: string, value: string, note?: string][] = [];
  const several = talk.outputs.length > 1;
  for (const { language } of talk.outputs) {
    const { ttfabMs, lagMs, spoken, skipped, spokenMs } = summarize(talk.clauses, language);
    const name = (what: string) => several ? `${what} ${language}` : what;
    if (ttfabMs) {
      facts.push([
        name("first audio"),
        `p50 ${spokenDuration(ttfabMs.p50)}   p95 ${spokenDuration(ttfabMs.p95)}`,
        "from the end of a clause (TTFAB)",
      ]);
    }
    if (lagMs) {
      facts.push([
        name("lag"),
        `median ${spokenDuration(lagMs.median)}   max ${spokenDuration(lagMs.max)}`,
        "until a listener hears it",
      ]);
    }
    facts.push([
      name("clauses"),
      `${spoken} spoken, ${skipped} not`,
      `${spokenDuration(spokenMs)} of speech`,
    ]);
  }
  facts.push(["talk", spokenDuration(talk.sourceMs)]);
  if (talk.firstAudioMs !== undefined) {
    const beforeMs = talk.sourceMs - talk.firstAudioMs;
    facts.push([
      "first sound",
      `${clockTime(talk.firstAudioMs)} into the talk`,
      beforeMs > 0
        ? `${spokenDuration(beforeMs)} before it ended`
        : `${spokenDuration(-beforeMs)} after it ended`,
    ]);
  }
  if (talk.cuts > 0) {
    facts.push(["connection", `cut ${talk.cuts} time${talk.cuts === 1 ? "" : "s"}, resumed`]);
  }
  const { stt, mt, tts } = talk.engines;
  facts.push(["engines", `${stt} → ${mt} → ${tts}`]);
  for (const { audio, captions } of talk.outputs) {
    if (audio) facts.push(["written", audio.path, spokenDuration(audio.timeline.durationMs)]);
    if (captions) facts.push(["written", captions.path, `${captions.cues} captions`]);
  }
  const nameWidth = Math.max(...facts.map(([name]) => name.length));
  const valueWidth = Math.max(...facts.filter(([, , note]) => note).map(([, value]) => value.length), 0);
  const lines = facts.flatMap(([name, value, note]) => {
    const text: Span[] = [{ text: note ? value.padEnd(valueWidth) : value, style: "strong" }];
    if (note) text.push({ text: `  ${note}`, style: "faint" });
    return hang({ text: `  ${name.padEnd(nameWidth)}  `, style: "faint" }, text, width);
  });
  if (live) return lines;
  const warning =
    "  It was sent faster than anybody speaks: the times count the waiting for what was sent before";
  return [...lines, [{ text: warning, style: "faint" }]];
}
