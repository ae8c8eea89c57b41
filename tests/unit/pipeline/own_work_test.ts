import { assert, assertEquals, assertRejects } from "@std/assert";
import type { OwnMoment, OwnScript } from "../../../adapters/fake/own_listener.ts";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, utterance } from "../../../adapters/fake/script.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator, type FakeTranslatorOptions } from "../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { type Control, interpret, type SessionOptions } from "../../../pipeline/interpret.ts";
import type { SessionEvent } from "../../../pipeline/session_event.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { silentSource } from "../../support/source.ts";

const script = [
  utterance("The old house is near the sea.", 500),
  utterance("We go home.", 4000),
];
const pairs = ["es", "fr"].map((target) => ({ source: "en", target }));
const rate24 = { codec: "pcm_s16le", rate: 24_000 } as const;

const written: OwnScript = {
  translates: { pairs, atOnce: 2 },
  moments: [
    { atMs: 1500, append: "La casa", tentative: " vieja" },
    { atMs: 2900, append: " vieja está cerca del mar." },
    { atMs: 5000, append: " Vamos", tentative: " a casa" },
    { atMs: 5300, append: " a casa." },
  ],
};
const spokenMoments: readonly OwnMoment[] = [
  { atMs: 2900, append: "La casa vieja", speechMs: 400 },
  { atMs: 3300, append: " está cerca del mar.", speechMs: 600 },
  { atMs: 5500, append: " Vamos a casa.", speechMs: 800 },
];
const spoken: OwnScript = {
  speaks: { pairs, atOnce: 2, formats: [rate24] },
  moments: spokenMoments,
};

interface Setup {
  readonly own: OwnScript;
  readonly script?: readonly ScriptedUtterance[];
  readonly stt?: FakeRecognizerOptions;
  readonly mt?: FakeTranslatorOptions;
  readonly tts?: FakeSynthesizerOptions;
  readonly targets?: readonly string[];
  readonly lengthMs?: number;
  readonly controls?: readonly { readonly atMs: number; readonly command: Control }[];
  readonly options?: Partial<SessionOptions>;
}

/** Runs a session in which a translator or synthesizer that is asked without need fails the test. */
async function run({ own, stt, mt, tts, targets = ["es"], lengthMs = 8000, controls = [], ...more }: Setup) {
  const clock = new FakeClock();
  const asked = { translator: 0, synthesizer: 0 };
  let disposed = 0;
  const recognizer = fakeRecognizer({
    script: more.script ?? script,
    finalDelayMs: 200,
    endpointDelayMs: 200,
    stableAfterMs: 400,
    own,
    ...stt,
  });
  const translator = fakeTranslator({ clock, ...mt });
  const synthesizer = fakeSynthesizer({ clock, ...tts });
  const services = {
    recognizer,
    translator: {
      ...translator,
      async open(options: Parameters<typeof translator.open>[0]) {
        asked.translator++;
        const translation = await translator.open(options);
        return {
          ...translation,
          [Symbol.asyncDispose]: () => (disposed++, translation[Symbol.asyncDispose]()),
        };
      },
    },
    synthesizer: {
      ...synthesizer,
      open: (
        options: Parameters<typeof synthesizer.open>[0],
      ) => (asked.synthesizer++, synthesizer.open(options)),
    },
    clock,
  };
  const { signal } = new AbortController();
  const interpretation = interpret(
    silentSource(lengthMs, { onFrame: () => clock.sleep(100, signal) }),
    services,
    {
      source: "en",
      targets,
      input: { codec: "pcm_s16le", rate: 16_000 },
      outputs: synthesizer.traits.formats,
      glossary: {},
      ...more.options,
    },
    signal,
  );
  const events: SessionEvent[] = [];
  const times: number[] = [];
  const asking = controls.map(async ({ atMs, command }) => {
    await clock.sleep(atMs, signal);
    await interpretation.control(command, signal);
  });
  let over = false;
  const reading = (async () => {
    for await (const event of interpretation.events) {
      events.push(event);
      times.push(clock.now());
      if (event.type === "speech" && event.first) event.ledger.note("sent", clock.now());
    }
  })().finally(() => over = true);
  reading.catch(() => {});
  for (let step = 0; step < 10_000 && !over; step++) await clock.advance(100);
  assert(over, "the interpretation did not end");
  await Promise.all([reading, ...asking]);
  assertEquals(clock.pending, 0);
  assertEquals(disposed, asked.translator, "A translator's session is left open");
  return { events, times, asked };
}

function pick<T extends SessionEvent["type"]>(events: readonly SessionEvent[], type: T) {
  return events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
}

function captions(events: readonly SessionEvent[], lane: number): string[] {
  return pick(events, "caption").filter((caption) => caption.lane === lane && caption.final).map((
    { segment, stable },
  ) => `${segment} ${stable}`);
}

function outcomes(events: readonly SessionEvent[], lane = 1): string[] {
  return events.flatMap((event) => {
    if (!("lane" in event) || event.lane !== lane) return [];
    if (event.type === "spoken") return [`${event.segment} spoken`];
    if (event.type === "skipped") return [`${event.segment} ${event.reason}`];
    return event.type === "failed" ? [`${event.segment} failed`] : [];
  });
}

function assertSeamless(events: readonly SessionEvent[], lane = 1): number {
  let position = 0;
  for (const { audio, ...piece } of pick(events, "speech")) {
    if (piece.lane !== lane) continue;
    assertEquals(audio.position, position);
    position += audio.type === "frame" ? audio.samples.length : 0;
  }
  return position;
}

Deno.test("interpret() speaks the recognizer's own translation and asks no translator", async () => {
  const { events, asked } = await run({ own: written });
  assertEquals(asked, { translator: 0, synthesizer: 1 });
  assertEquals(captions(events, 0), ["1 The old house is near the sea.", "2 We go home."]);
  assertEquals(captions(events, 1), ["1 La casa vieja está cerca del mar.", "2 Vamos a casa."]);
  assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  const tentative = pick(events, "caption").filter(({ lane }) => lane === 1).map((one) => one.tentative);
  assert(tentative.includes(" a casa"), "What may still change is shown");
  for (const { timing } of pick(events, "spoken")) {
    assert(timing.sttMs >= 0 && timing.ttsMs >= 0 && timing.ttfabMs > 0);
    assert(
      Number.isNaN(timing.mtMs) && Number.isNaN(timing.queueMs),
      "Its translation has no time of its own",
    );
  }
  assertSeamless(events);
  assert(pick(events, "settled").at(-1)!.position >= 5100 * 16);
});

Deno.test("interpret() sends the recognizer's own speech on as it comes and asks neither translator nor synthesizer", async () => {
  const { events, times, asked } = await run({ own: spoken });
  assertEquals(asked, { translator: 0, synthesizer: 0 });
  assertEquals(pick(events, "ready")[0]?.lanes, [{ lane: 1, language: "es", format: rate24 }]);
  assertEquals(captions(events, 1), ["1 La casa vieja está cerca del mar.", "2 Vamos a casa."]);
  assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  assertEquals(assertSeamless(events), 1.8 * 24_000);
  const first = events.findIndex((event) => event.type === "speech");
  assertEquals(times[first], 3000, "The first audio is not held back");
  assert(pick(events, "segment").length === 2, "A burst is a segment");
  assertEquals(
    pick(events, "speech").filter(({ first, last }) => first || last).map((
      { segment, first },
    ) => [segment.segment, first]),
    [[1, true], [1, false], [2, true], [2, false]],
  );
  for (const { timing, speed } of pick(events, "spoken")) {
    assert([timing.sttMs, timing.mtMs, timing.ttsMs, timing.queueMs].every(Number.isNaN));
    assert(timing.ttfabMs >= 0);
    assertEquals(speed, 1);
  }
  const words = pick(events, "segment").map(({ segment }) => segment.text).join(" ");
  assertEquals(words, "The old house is near the sea. We go home.");
});

Deno.test("interpret() has a segment for the recognizer's own speech where no words were heard", async () => {
  const { events } = await run({ own: spoken, script: [] });
  assertEquals(pick(events, "segment").map(({ segment }) => segment.text), ["", ""]);
  assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  assertEquals(pick(events, "settled").at(-1)?.position !== undefined, true);
});

Deno.test("interpret() drops silence between bursts of the recognizer's own speech", async () => {
  const moments = [
    { atMs: 1000, silenceMs: 1000 },
    ...spokenMoments.slice(0, 2),
    { atMs: 3800, silenceMs: 1500 },
    ...spokenMoments.slice(2),
    { atMs: 6500, silenceMs: 2000 },
  ];
  const { events } = await run({ own: { ...spoken, moments } });
  assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  const samples = assertSeamless(events);
  assert(samples >= 1.8 * 24_000 && samples <= 3 * 24_000, `${samples} samples`);
});

Deno.test("interpret() serves each lane by whoever can: itself, or translator and synthesizer", async () => {
  for (const own of [written, spoken]) {
    const { events, asked } = await run({ own, targets: ["es", "de"] });
    assertEquals(asked, { translator: 1, synthesizer: own === spoken ? 1 : 2 });
    assertEquals(outcomes(events, 1), ["1 spoken", "2 spoken"]);
    assertEquals(outcomes(events, 2), ["1 spoken", "2 spoken"]);
    assertEquals(captions(events, 2)[1], "2 de:We de:go de:home.");
  }
});

Deno.test("interpret() mutes the recognizer's own speech, and still shows its text", async () => {
  const { events } = await run({
    own: spoken,
    controls: [{ atMs: 100, command: { type: "mute", lane: 1, muted: true } }],
  });
  assertEquals(outcomes(events), ["1 muted", "2 muted"]);
  assertEquals(pick(events, "speech"), []);
  assertEquals(captions(events, 1), ["1 La casa vieja está cerca del mar.", "2 Vamos a casa."]);
});

Deno.test("interpret() cancels a segment of the recognizer's own speech and goes on with the next", async () => {
  for (const own of [written, spoken]) {
    for (const atMs of [2950, 3050, 3200, 3700]) {
      const { events } = await run({
        own,
        tts: { realTimeFactor: 0.5 },
        controls: [{ atMs, command: { type: "cancel", lane: 1, through: 1 } }],
      });
      assertEquals(outcomes(events).filter((one) => one.startsWith("2")), ["2 spoken"]);
      assertSeamless(events);
    }
  }
});

Deno.test("interpret() ends with a reason when an engine fails that translates itself", async () => {
  const failing = { faults: [{ fault: "unavailable" as const, atMs: 2500 }] };
  for (const own of [written, spoken]) {
    const error = await assertRejects(() => run({ own, stt: failing }), PipelineError);
    assertEquals(error.kind, "unavailable");
  }
});

Deno.test("interpret() lets targets join and leave beside those that the recognizer serves itself", async () => {
  for (const own of [written, spoken]) {
    const { events } = await run({
      own,
      controls: [
        { atMs: 1000, command: { type: "targets", targets: ["es", "de"] } },
        { atMs: 4500, command: { type: "targets", targets: ["de"] } },
      ],
    });
    const changes = pick(events, "lanes").map(({ lanes }) => lanes.map(({ language }) => language));
    assertEquals(changes, [["es", "de"], ["de"]]);
    assertEquals(outcomes(events, 1), ["1 spoken"]);
    assertEquals(outcomes(events, 2), ["1 spoken", "2 spoken"]);
  }
});

Deno.test("interpret() goes on when much more is translated than is taken in, and when nothing is", async () => {
  const many = Array.from({ length: 30 }, (_, index) => utterance(`Number ${index}.`, 500 + 900 * index));
  const moments = many.map((_, index) => ({ atMs: 1500 + 900 * index, append: ` Número ${index}.` }));
  const all = await run({
    own: { ...written, moments },
    script: many,
    lengthMs: 29_000,
    tts: { delayMs: 700 },
  });
  assertEquals(outcomes(all.events), many.map((_, index) => `${index + 1} spoken`));
  const none = await run({ own: { ...written, moments: [] }, script: many, lengthMs: 40_000 });
  assertEquals(outcomes(none.events), many.map((_, index) => `${index + 1} empty`));
});

/** One that knows where its text comes from, and gives the second sentence alone. */
const gappy: OwnScript = {
  translates: { pairs, atOnce: 2, withinMs: 3000 },
  moments: [
    { atMs: 1500, tentative: "La casa" },
    { atMs: 5500, append: "", sourceToMs: 4000 },
    { atMs: 5500, append: " Vamos a casa.", sourceToMs: 5100 },
  ],
};

Deno.test("interpret() asks the translator for what the recognizer's own translation leaves out, when it is needed first", async () => {
  const { events, asked } = await run({ own: gappy });
  assertEquals(asked, { translator: 1, synthesizer: 1 });
  assertEquals(captions(events, 1), [
    "1 es:The es:old es:house es:is es:near es:the es:sea.",
    "2 Vamos a casa.",
  ]);
  assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  assertSeamless(events);
});

Deno.test("interpret() tells once that a translation of the recognizer's own is missing where no translator knows the pair", async () => {
  const { events, asked } = await run({ own: gappy, mt: { pairs: [{ source: "en", target: "de" }] } });
  assertEquals(asked.translator, 0);
  assertEquals(outcomes(events), ["1 failed", "2 spoken"]);
  const [failed] = pick(events, "failed");
  assertEquals([failed?.stage, failed?.error.kind], ["mt", "timeout"]);
  assertEquals(pick(events, "settled").at(-1)!.position >= 5100 * 16, true);
});

Deno.test("interpret() waits no longer than its bound for the recognizer's own translation, and does not say it twice when it comes later", async () => {
  const late = { atMs: 7000, append: "La casa vieja está cerca del mar.", sourceToMs: 2500 };
  const moments = [{ atMs: 7000, append: "", sourceToMs: 500 }, late, ...gappy.moments.slice(1)];
  const inTime = moments.map((moment) => ({ ...moment, atMs: Math.min(moment.atMs, 4500) }));
  const never = await run({ own: { ...gappy, moments: [] } });
  const afterwards = await run({ own: { ...gappy, moments } });
  const before = await run({ own: { ...gappy, moments: inTime }, lengthMs: 8000 });
  assertEquals(captions(afterwards.events, 1)[0], captions(never.events, 1)[0]);
  assertEquals(captions(before.events, 1)[0], `1 ${late.append}`);
  for (const { events, times } of [never, afterwards]) {
    const translated = events.findIndex((event) =>
      event.type === "caption" && event.lane === 1 && event.stable !== ""
    );
    const endMs = pick(events, "segment")[0]!.segment.endMs;
    // How far it has listened is told once a second in silence.
    assert(times[translated]! <= endMs + 3000 + 1000, `Translated at ${times[translated]} ms`);
    assertEquals(outcomes(events), ["1 spoken", "2 spoken"]);
  }
});

Deno.test("interpret() shares out to segments that another session had cut, however many there are", async () => {
  const segment = (number: number) => ({
    segment: number,
    utterance: 1,
    language: "en",
    text: "The old house.",
    words: [{ text: "house.", startMs: 10 * number, endMs: 10 * number + 10, timing: "measured" as const }],
    startMs: 10 * number,
    endMs: 10 * number + 10,
  });
  const cut = Array.from({ length: 40 }, (_, index) => ({ segment: segment(index + 1), targets: ["es"] }));
  for (const own of [written, spoken]) {
    const { events } = await run({ own, options: { cut } });
    const over = events.flatMap((event) =>
      event.type === "spoken" || event.type === "skipped" ? [event.segment] : []
    );
    assertEquals(over.slice(0, 40), cut.map(({ segment }) => segment.segment));
    assert(events.some(({ type }) => type === "spoken"), "what it translates is not lost");
  }
});
