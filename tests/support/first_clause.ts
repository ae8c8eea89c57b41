import { fakeRecognizer } from "../../adapters/fake/recognizer.ts";
import { utterance } from "../../adapters/fake/script.ts";
import { resilient } from "../../adapters/compose/mod.ts";
import type { Clock } from "../../flow/clock.ts";
import { interpret } from "../../pipeline/interpret.ts";
import type { Input } from "../../pipeline/ports.ts";
import type { Ledger } from "../../pipeline/timing.ts";
import { FakeClock } from "./fake_clock.ts";
import { surroundings } from "./composed.ts";
import { type SlowProviders, slowProviders, unwarmed } from "./slow_providers.ts";

const rate = 16_000;
const answerMs = 50;

/** What became of the first clause of a session. */
export interface FirstClause {
  /** From the end of its speech to its first audio, in ms. */
  readonly ttfabMs: number;
  readonly ledger: Ledger;
  readonly opened: SlowProviders["opened"];
}

/**
 * One session of live speech, which begins with the session, translated and spoken by providers whose connections take `openMs` to open; everything runs on
 * one clock.
 */
export async function firstClause(
  { openMs, warmed }: { readonly openMs: number; readonly warmed: boolean },
): Promise<FirstClause> {
  const clock = new FakeClock();
  const slow = slowProviders({ clock, openMs, answerMs });
  const engines = warmed ? slow : unwarmed(slow);
  const { options, background } = surroundings(clock);
  const translator = resilient("mt", [engines.translator], options);
  const synthesizer = resilient("tts", [engines.synthesizer], options);
  const recognizer = fakeRecognizer({
    script: [utterance("the old house is near the sea", 500)],
    finalDelayMs: 200,
    endpointDelayMs: 200,
    stableAfterMs: 400,
  });
  const services = { recognizer, translator, synthesizer, clock };
  const { signal } = new AbortController();
  const session = interpret(live(5000, clock), services, {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate },
    outputs: synthesizer.traits.formats,
    glossary: {},
  }, signal);
  const listening = (async () => {
    let first: FirstClause | undefined;
    for await (const event of session.events) {
      if (event.type === "failed") throw event.error;
      if (event.type !== "speech" || first) continue;
      event.ledger.note("sent", clock.now());
      first = { ttfabMs: event.ledger.timing().ttfabMs, ledger: event.ledger, opened: { ...slow.opened } };
    }
    return first;
  })();
  let over = false;
  listening.finally(() => over = true).catch(() => {});
  while (!over) await clock.advance(100);
  const first = await listening;
  await translator[Symbol.asyncDispose]();
  await synthesizer[Symbol.asyncDispose]();
  await background[Symbol.asyncDispose]();
  if (!first) throw new Error("Nothing was spoken");
  return first;
}

/** What the openings of the providers' connections cost the first clause, with and without warming, in ms, and the share of it that warming hides. */
export async function prewarmingGain(openMs: number) {
  const ready = await firstClause({ openMs: 0, warmed: true });
  const warm = await firstClause({ openMs, warmed: true });
  const cold = await firstClause({ openMs, warmed: false });
  const warmCostMs = warm.ttfabMs - ready.ttfabMs;
  const coldCostMs = cold.ttfabMs - ready.ttfabMs;
  return { readyMs: ready.ttfabMs, warmCostMs, coldCostMs, hidden: 1 - warmCostMs / coldCostMs };
}

/** Audio as it is spoken: each piece comes when its last sample was said. */
async function* live(lengthMs: number, clock: Clock): AsyncGenerator<Input, void> {
  const startMs = clock.now();
  for (let ms = 100; ms <= lengthMs; ms += 100) {
    await clock.sleep(startMs + ms - clock.now(), new AbortController().signal);
    yield {
      type: "frame",
      rate,
      position: (ms - 100) * rate / 1000,
      samples: new Int16Array(100 * rate / 1000),
    };
  }
}
