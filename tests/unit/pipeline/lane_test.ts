import { assert, assertEquals } from "@std/assert";
import { fakeRecognizer } from "../../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, utterance } from "../../../adapters/fake/script.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator, type FakeTranslatorOptions } from "../../../adapters/fake/translator.ts";
import { type Control, interpret } from "../../../pipeline/interpret.ts";
import type { SessionEvent } from "../../../pipeline/session_event.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { silentSource } from "../../support/source.ts";

interface Setup {
  readonly script?: readonly ScriptedUtterance[];
  readonly mt?: FakeTranslatorOptions;
  readonly tts?: FakeSynthesizerOptions;
  readonly targets?: readonly string[];
  readonly lengthMs?: number;
  /** What is asked for, and when. */
  readonly controls?: readonly { readonly atMs: number; readonly command: Control }[];
}

const talk = [utterance("the old house is near the sea", 500), utterance("we go home", 4000)];

async function run(
  { script = talk, mt, tts, targets = ["es"], lengthMs = 6000, controls = [] }: Setup,
): Promise<SessionEvent[]> {
  const clock = new FakeClock();
  const services = {
    recognizer: fakeRecognizer({ script, finalDelayMs: 200, endpointDelayMs: 200, stableAfterMs: 400 }),
    translator: fakeTranslator({ clock, ...mt }),
    synthesizer: fakeSynthesizer({ clock, ...tts }),
    clock,
  };
  const { signal } = new AbortController();
  const input = silentSource(lengthMs, { onFrame: () => clock.sleep(100, signal) });
  const interpretation = interpret(
    input,
    services,
    {
      source: "en",
      targets,
      input: { codec: "pcm_s16le", rate: 16_000 },
      outputs: services.synthesizer.traits.formats,
      glossary: {},
    },
    signal,
  );
  const events: SessionEvent[] = [];
  const asking = controls.map(async ({ atMs, command }) => {
    await clock.sleep(atMs, signal);
    await interpretation.control(command, signal);
  });
  let over = false;
  const reading = (async () => {
    for await (const event of interpretation.events) events.push(event);
  })().finally(() => over = true);
  for (let step = 0; step < 10_000 && !over; step++) await clock.advance(100);
  assert(over, "the interpretation did not end");
  await Promise.all([reading, ...asking]);
  assertEquals(clock.pending, 0);
  return events;
}

/** What became of the segments, in the order in which it was told: `1 spoken`. */
function outcomes(events: readonly SessionEvent[], lane = 1): string[] {
  return events.flatMap((event) => {
    if (!("lane" in event) || event.lane !== lane) return [];
    switch (event.type) {
      case "spoken":
        return [`${event.segment} spoken`];
      case "failed":
        return [`${event.segment} failed in ${event.stage}`];
      case "skipped":
        return [`${event.segment} ${event.reason}`];
      default:
        return [];
    }
  });
}

Deno.test("Lane tells once that a translation failed that was being spoken, after the speech has ended", async () => {
  const events = await run({
    mt: { wordDelayMs: 200, faults: [{ fault: "unavailable", segment: 1, afterPieces: 3 }] },
  });
  assertEquals(outcomes(events), ["1 failed in mt", "2 spoken"]);
  const last = events.findIndex((event) =>
    event.type === "speech" && event.segment.segment === 1 && event.last
  );
  const failed = events.findIndex((event) => event.type === "failed");
  assert(last >= 0 && last < failed, "the speech ends, then the failure is told");
});

Deno.test("Lane tells once of a segment that fails in both stages", async () => {
  const events = await run({
    mt: { wordDelayMs: 200, faults: [{ fault: "unavailable", segment: 1, afterPieces: 6 }] },
    tts: { faults: [{ fault: "internal", segment: 1, afterPieces: 1 }] },
  });
  assertEquals(outcomes(events), ["1 failed in tts", "2 spoken"]);
});

Deno.test("Lane goes on when the voice fails before a long translation has come", async () => {
  const letters = Array.from({ length: 300 }, (_, index) => `w${index}`).join(" ");
  const events = await run({
    mt: { translate: (text, { request }) => request.segment === 1 ? letters : text },
    tts: { faults: [{ fault: "unavailable", segment: 1 }] },
  });
  assertEquals(outcomes(events), ["1 failed in tts", "2 spoken"]);
  const captions = events.filter((event) => event.type === "caption").filter(({ lane, final }) =>
    lane === 1 && final
  );
  assertEquals(captions.map(({ stable }) => stable), [letters, "we go home"]);
});

Deno.test("Lane says of a segment that is not spoken whether it was muted or had nothing to say", async () => {
  const muted = await run({ controls: [{ atMs: 100, command: { type: "mute", lane: 1, muted: true } }] });
  assertEquals(outcomes(muted), ["1 muted", "2 muted"]);
  const empty = await run({ mt: { translate: (text, { request }) => request.segment === 1 ? "" : text } });
  assertEquals(outcomes(empty), ["1 empty", "2 spoken"]);
});

Deno.test("Lane asks no voice for a segment while it is muted", async () => {
  const events = await run({
    tts: { faults: [{ fault: "internal", times: 9 }] },
    controls: [{ atMs: 100, command: { type: "mute", lane: 1, muted: true } }],
  });
  assertEquals(outcomes(events), ["1 muted", "2 muted"]);
});

Deno.test("Lane that is taken out while a segment waits for room in it ends, and the others go on", async () => {
  const script = Array.from({ length: 30 }, (_, index) => utterance("yes", 500 + 800 * index));
  const events = await run({
    script,
    lengthMs: 26_000,
    targets: ["es", "fr"],
    mt: { faults: [{ fault: "stall", segment: 1 }] },
    controls: [
      { atMs: 20_000, command: { type: "targets", targets: ["fr"] } },
      { atMs: 20_500, command: { type: "cancel", lane: 1, through: 1 } },
    ],
  });
  assertEquals(outcomes(events, 2), script.map((_, index) => `${index + 1} spoken`));
  const ofTheFirst = outcomes(events, 1);
  assert(ofTheFirst.length > 10 && ofTheFirst.length < 28, `${ofTheFirst.length} segments in the old lane`);
  assertEquals(ofTheFirst, ofTheFirst.map((_, index) => `${index + 2} spoken`));
});

Deno.test("Lane leaves no gap in the positions of its speech when a segment is cancelled", async () => {
  for (const atMs of [3000, 3100, 3200, 3300, 3400]) {
    const events = await run({
      tts: { realTimeFactor: 0.5 },
      controls: [{ atMs, command: { type: "cancel", lane: 1, through: 1 } }],
    });
    let position = 0;
    for (const event of events) {
      if (event.type !== "speech") continue;
      assertEquals(event.audio.position, position);
      position += event.audio.type === "frame" ? event.audio.samples.length : 0;
    }
    assertEquals(outcomes(events), ["2 spoken"]);
  }
});
