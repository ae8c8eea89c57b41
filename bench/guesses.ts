import { published } from "../adapters/fake/profiles/published.ts";
import type { ScriptedUtterance, ScriptedWord } from "../adapters/fake/script.ts";
import { simulatedRecognizer } from "../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../adapters/fake/simulated_translator.ts";
import { percentile } from "../cli/percentile.ts";
import { interpret } from "../pipeline/interpret.ts";
import type { Input } from "../pipeline/ports.ts";
import { FakeClock, settle } from "../tests/support/fake_clock.ts";
import type { Report } from "./report.ts";

const rate = 16_000;
const pieceMs = 60;
const wordMs = 330;
/** Pauses after a word that ends a sentence, and after one that ends a clause. */
const sentencePauseMs = 500;
const clausePauseMs = 200;
/** A pause from this length up ends an utterance. */
const endpointPauseMs = 400;
const seeds = [1, 2, 3, 4, 5];

interface Run {
  readonly ttfabMs: readonly number[];
  readonly mtMs: readonly number[];
  readonly guesses: { right: number; wrong: number };
}

/**
 * What translating clauses before they are certain gains: the sample talk, interpreted by simulated providers on media time, with guesses and without. The
 * recognizer gives punctuation; how long providers take is drawn from published figures.
 */
export async function guesses(): Promise<Report> {
  const text = await Deno.readTextFile(new URL("../cli/sample/talk.txt", import.meta.url));
  const script = scriptOf(text);
  const headings = ["", "TTFAB p50", "p95", "mt p50", "p95", "guesses right", "wrong", "requests"];
  const rows: string[][] = [];
  for (const mayGuess of [false, true]) {
    const runs = await Promise.all(seeds.map((seed) => interpretTalk(script, seed, mayGuess)));
    const [ttfab, mt] = [runs.flatMap((run) => run.ttfabMs), runs.flatMap((run) => run.mtMs)];
    const right = runs.reduce((sum, run) => sum + run.guesses.right, 0);
    const wrong = runs.reduce((sum, run) => sum + run.guesses.wrong, 0);
    const ms = (values: readonly number[], share: number) =>
      `${Math.round(percentile(values, share) ?? NaN)} ms`;
    const requests = `${Math.round(100 * (ttfab.length + wrong) / ttfab.length)} %`;
    const counts = [String(right), String(wrong), requests];
    rows.push([
      mayGuess ? "guessing" : "waiting",
      ms(ttfab, 0.5),
      ms(ttfab, 0.95),
      ms(mt, 0.5),
      ms(mt, 0.95),
      ...counts,
    ]);
  }
  return {
    profile:
      `Clauses translated before they are certain (simulated providers, ${published.about}; ${seeds.length} talks on media time)`,
    tables: [{ headings, rows }],
  };
}

async function interpretTalk(
  script: readonly ScriptedUtterance[],
  seed: number,
  mayGuess: boolean,
): Promise<Run> {
  const clock = new FakeClock();
  const options = { seed, profile: published, clock, trouble: { stt: { misheard: 0.1 } } };
  const services = {
    recognizer: simulatedRecognizer({ ...options, script }),
    translator: simulatedTranslator(options),
    synthesizer: simulatedSynthesizer(options),
    clock,
    mayGuess: () => mayGuess,
  };
  const wanted = {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate },
    outputs: services.synthesizer.traits.formats,
    glossary: {},
  } as const;
  const run = { ttfabMs: [] as number[], mtMs: [] as number[], guesses: { right: 0, wrong: 0 } };
  let ended = false;
  const reading = (async () => {
    const { events } = interpret(live(script, clock), services, wanted, new AbortController().signal);
    for await (const event of events) {
      if (event.type === "guessed") run.guesses[event.outcome] += 1;
      if (event.type === "speech" && event.first) event.ledger.note("sent", clock.now());
      if (event.type !== "spoken") continue;
      run.ttfabMs.push(event.timing.ttfabMs);
      run.mtMs.push(event.timing.mtMs);
    }
  })().finally(() => ended = true);
  while (!ended) await clock.advance(5);
  await reading;
  return run;
}

/** The source at the pace of speech, on the clock of the run. */
async function* live(script: readonly ScriptedUtterance[], clock: FakeClock): AsyncGenerator<Input, void> {
  const endMs = script.at(-1)!.words.at(-1)!.endMs + 1000;
  const { signal } = new AbortController();
  for (let ms = 0; ms < endMs; ms += pieceMs) {
    await clock.sleep(pieceMs, signal);
    await settle();
    const samples = new Int16Array(pieceMs * rate / 1000);
    yield { type: "frame", rate, position: ms * rate / 1000, samples };
  }
}

/** A text as it is spoken: an even pace, with pauses after marks. */
function scriptOf(text: string): ScriptedUtterance[] {
  const utterances: { words: ScriptedWord[] }[] = [{ words: [] }];
  let atMs = 500;
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    utterances.at(-1)!.words.push({ text: word, startMs: atMs, endMs: atMs + wordMs });
    const pauseMs = /[.!?]$/.test(word) ? sentencePauseMs : /[,;:]$/.test(word) ? clausePauseMs : 0;
    atMs += wordMs + pauseMs;
    if (pauseMs >= endpointPauseMs) utterances.push({ words: [] });
  }
  return utterances.filter(({ words }) => words.length > 0);
}
