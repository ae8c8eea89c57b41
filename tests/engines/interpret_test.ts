import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { runTalk } from "../../bench/talk_run.ts";
import { readHumanTalk } from "../../cli/sample/human.ts";
import { renderClauses } from "../../cli/sample/render.ts";
import { loadConfig } from "../../config.ts";
import { requireEngine } from "../support/engines.ts";
import { serveEngines } from "../support/live_service.ts";
import { wordErrors } from "../support/wer.ts";

const languages = { source: "en", target: "es" };

async function withService(work: (url: string, signal: AbortSignal) => Promise<void>): Promise<void> {
  const { recognizer, translator, synthesizer } = loadConfig({}).createEngines();
  await using _recognizer = recognizer;
  await using _translator = translator;
  await using _synthesizer = synthesizer;
  await using service = serveEngines({ recognizer, translator, synthesizer });
  await work(service.url, new AbortController().signal);
  assertEquals(service.faults, []);
}

Deno.test({
  name: "the service interprets recorded speech of a human while it is being spoken",
  ...requireEngine(["pocketsphinx", "apertium", "espeak", "librivox"]),
  fn: () =>
    withService(async (url, signal) => {
      const { samples, rate, clauses } = await readHumanTalk(signal);
      const run = await runTalk(url, samples, rate, languages, signal);
      const said = clauses.map(({ text }) => text).join(" ");
      assertLess(wordErrors(said, run.sourceText).rate, 0.4, run.sourceText);
      const audible = run.segments.filter(({ audibleAtMs }) => audibleAtMs !== undefined);
      assertEquals(audible.length, run.segments.length, "every segment was heard");
      assertLess(
        audible[0]!.audibleAtMs!,
        run.sentAtMs - 5000,
        "translated audio came while the speaker went on",
      );
      const spokenMs = run.segments.reduce((sum, { audioMs }) => sum + audioMs, 0);
      const sourceMs = samples.length * 1000 / rate;
      assert(
        spokenMs > 0.4 * sourceMs && spokenMs < 2 * sourceMs,
        `${spokenMs} ms of speech for ${sourceMs} ms`,
      );
    }),
});

Deno.test({
  name: "the service interprets clear speech so that the Spanish says what was said, in order",
  ...requireEngine(["pocketsphinx", "apertium", "espeak", "flite"]),
  fn: () =>
    withService(async (url, signal) => {
      const text = [
        "Good evening, and welcome to our village.",
        "Every summer, visitors came to us from other countries.",
        "Some visited the market,",
        "and some visited the little church.",
        "It was not easy, but it was not expensive.",
      ].join("\n");
      const { samples, rate } = await renderClauses(text, signal);
      const run = await runTalk(url, samples, rate, languages, signal);
      assertLess(wordErrors(text, run.sourceText).rate, 0.15, run.sourceText);
      assertMatch(
        run.targetText,
        /pueblo.*verano.*otros países.*visitaron.*iglesia.*fácil.*caro/is,
      );
      assertEquals(run.timings.map(({ segment }) => segment), run.segments.map(({ segment }) => segment));
      for (const { ttfabMs, sttMs, mtMs, ttsMs } of run.timings) {
        assertGreater(ttfabMs, 0);
        assert(
          sttMs + mtMs + ttsMs <= ttfabMs + 1,
          `${sttMs} + ${mtMs} + ${ttsMs} is more than ${ttfabMs} ms`,
        );
      }
    }),
});

Deno.test({
  name: "the service says nothing about silence and about noise",
  ...requireEngine(["pocketsphinx", "apertium", "espeak"]),
  fn: () =>
    withService(async (url, signal) => {
      const rate = 16_000;
      const silence = await runTalk(url, new Int16Array(5 * rate), rate, { ...languages, pace: 4 }, signal);
      assertEquals([silence.segments, silence.sourceText], [[], ""]);
      let state = 1;
      const hiss = Int16Array.from({ length: 5 * rate }, () =>
        (state = (state * 48_271) % 2_147_483_647) % 1200 - 600);
      const noise = await runTalk(url, hiss, rate, { ...languages, pace: 4 }, signal);
      assertLess(noise.sourceText.split(" ").length, 12, "noise yields a few words at most");
    }),
});
