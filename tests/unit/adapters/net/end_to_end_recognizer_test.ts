import { assert, assertEquals, assertGreater, assertInstanceOf } from "@std/assert";
import { endToEndRecognizer } from "../../../../adapters/net/end_to_end_recognizer.ts";
import type {
  EndToEndReport,
  EndToEndSession,
  EndToEndWire,
} from "../../../../adapters/net/end_to_end_wire.ts";
import { Queue } from "../../../../flow/queue.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent, Input } from "../../../../pipeline/ports.ts";
import { CountedSignal } from "../../../support/counted_signal.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";

const rate = 16_000;
const raw = { codec: "pcm_s16le", rate } as const;
const speech = { codec: "pcm_s16le", rate: 24_000 } as const;

/** A session that the test speaks for. */
class PlayedSession implements EndToEndSession {
  readonly waitingBytes = 0;
  awaiting = false;
  /** What was sent, in ms of audio. */
  sentMs = 0;
  pauses = 0;
  disposals = 0;
  report!: EndToEndReport;
  readonly ending: Promise<void> | undefined;

  constructor(ending?: Promise<void>) {
    this.ending = ending;
  }

  listen(report: EndToEndReport): void {
    this.report = report;
  }

  send(chunk: Int16Array): void {
    this.sentMs += chunk.length * 1000 / rate;
  }

  pause(): void {
    this.pauses += 1;
  }

  end(): Promise<void> | undefined {
    return this.ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1;
    return Promise.resolve();
  }
}

const rules: Omit<EndToEndWire, "open"> = {
  name: "played",
  provider: "X",
  traits: {
    languages: ["en"],
    formats: [raw],
    stableAfterMs: 1000,
    speaks: { pairs: [{ source: "en", target: "es" }], atOnce: 1, formats: [speech] },
  },
  chunkMs: 100,
  pacing: { speed: 10, burstMs: 1000 },
  idle: { afterMs: 400, silenceMs: 400 },
  flush: { silenceMs: 0, quietMs: 1000, longestMs: 4000 },
};

/** Somebody who talks to a played session. */
async function talking(more: Partial<EndToEndWire> = {}, session = new PlayedSession()) {
  const clock = new FakeClock();
  const engine = endToEndRecognizer({ ...rules, ...more, open: () => Promise.resolve(session) }, clock);
  const counted = new CountedSignal();
  const { signal } = counted;
  const targets = [{ target: "es", speech }];
  const hearing = await engine.open({ languages: ["en"], format: raw, glossary: {}, targets, signal });
  const input = new Queue<Input>({ limit: 10_000 });
  const events: HearingEvent[] = [];
  const outcome = (async () => {
    for await (const event of hearing.hear(input.items(signal), signal)) events.push(event);
  })().catch((error) => error);
  let position = 0;
  const say = (ms: number) => {
    for (const end = position + ms * rate / 1000; position < end; position += 320) {
      input.push({ type: "frame", rate, position, samples: new Int16Array(320) });
    }
  };
  await settle();
  const dispose = async () => {
    await hearing[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  };
  return { clock, engine, hearing, session, input, events, outcome, say, counted, dispose };
}

function has(events: readonly HearingEvent[], type: HearingEvent["type"]): boolean {
  return events.some((event) => event.type === type);
}

Deno.test("endToEndRecognizer() sends as much silence as the source pauses, where that is wanted", async () => {
  const { clock, session, input, outcome, say, dispose } = await talking();
  await clock.advance(5000);
  assertEquals(session.sentMs, 0);
  say(1000);
  await clock.advance(10_000);
  assert(session.sentMs >= 10_500 && session.sentMs <= 11_000, `${session.sentMs} ms`);
  assertEquals(session.pauses, 0);
  input.close();
  await clock.advance(10_000);
  assertEquals(await outcome, undefined);
  await dispose();
});

Deno.test("endToEndRecognizer() tells once that the source pauses, with the last of it, where that is wanted", async () => {
  const { clock, session, input, outcome, say, dispose } = await talking({
    idle: { afterMs: 1000, silenceMs: 0 },
  });
  say(960);
  await clock.advance(900);
  assertEquals([session.pauses, session.sentMs], [0, 900]);
  await clock.advance(5000);
  assertEquals([session.pauses, session.sentMs], [1, 960]);
  say(200);
  await clock.advance(5000);
  assertEquals([session.pauses, session.sentMs], [2, 1160]);
  input.close();
  await clock.advance(10_000);
  assertEquals(await outcome, undefined);
  await dispose();
});

Deno.test("endToEndRecognizer() answers a flush when nothing has come for a while, silence aside", async () => {
  const { clock, session, input, events, outcome, say, dispose } = await talking();
  say(500);
  input.push({ type: "flush", id: 1 });
  await clock.advance(900);
  session.report.wrote("one ");
  await clock.advance(900);
  session.report.spoke("es", new Uint8Array(4800));
  assertEquals(has(events, "flushed"), false);
  await clock.advance(200);
  assertEquals(has(events, "flushed"), true);
  const finals = events.filter((event) => event.type === "hypothesis").filter(({ final }) => final);
  assertEquals(finals.map(({ words }) => words.map(({ text }) => text)), [["one"]]);
  input.close();
  await clock.advance(10_000);
  assertEquals(await outcome, undefined);
  await dispose();
});

Deno.test("endToEndRecognizer() waits longer while something may change, but not for ever, and says that it listens", async () => {
  const { clock, session, input, events, outcome, say, dispose } = await talking();
  say(500);
  session.awaiting = true;
  input.push({ type: "flush", id: 1 });
  await clock.advance(3900);
  assertEquals(has(events, "flushed"), false);
  assertGreater(events.filter(({ type }) => type === "progress").length, 6);
  await clock.advance(200);
  assertEquals(has(events, "flushed"), true);
  input.close();
  await clock.advance(10_000);
  assertEquals(await outcome, undefined);
  await dispose();
});

Deno.test("endToEndRecognizer() fails where a provider that says when it is done does not say it", async () => {
  for (const says of [true, false]) {
    const ending = Promise.withResolvers<void>();
    const { clock, input, outcome, say, dispose } = await talking({}, new PlayedSession(ending.promise));
    say(500);
    await clock.advance(500);
    input.close();
    await clock.advance(14_000);
    if (says) ending.resolve();
    await clock.advance(2000);
    const error = await outcome;
    if (says) assertEquals(error, undefined);
    else {
      assertInstanceOf(error, PipelineError);
      assertEquals(error.kind, "timeout");
    }
    assertEquals(clock.pending, 0);
    await dispose();
  }
});

Deno.test("endToEndRecognizer() reports what comes, and what was heard for each of the provider's sessions", async () => {
  const session = Object.assign(new PlayedSession(), { counts: 3 });
  const { clock, input, events, outcome, say, dispose } = await talking({}, session);
  say(500);
  await clock.advance(500);
  session.report.translated({ target: "es", append: " uno", tentative: "" });
  session.report.spoke("es", new Uint8Array([0, 9]));
  session.report.spoke("fr", new Uint8Array([0, 9]));
  session.report.used({ tokens: 7 });
  input.close();
  await clock.advance(10_000);
  assertEquals(await outcome, undefined);
  const own = events.filter(({ type }) => type !== "progress");
  const samples = new Int16Array([9 * 256]);
  assertEquals(own, [
    { type: "translation", target: "es", append: " uno", tentative: "" },
    { type: "speech", target: "es", audio: { type: "frame", rate: 24_000, position: 0, samples } },
    { type: "usage", tokens: 7 },
    { type: "usage", audioMs: 1500 },
  ]);
  await dispose();
});

Deno.test("endToEndRecognizer() refuses audio of another kind, and gives a reader up that does not read", async () => {
  const wrong: Input = { type: "frame", rate: 8000, position: 0, samples: new Int16Array(160) };
  const { input, outcome, dispose } = await talking();
  input.push(wrong);
  const error = await outcome;
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "invalid_request");
  await dispose();
  const slow = await talking();
  for (let count = 0; count < 5000; count += 1) slow.session.report.used({ tokens: 1 });
  const overload = await slow.outcome;
  assertInstanceOf(overload, PipelineError);
  assertEquals(overload.kind, "overloaded");
  await slow.dispose();
});

Deno.test("endToEndRecognizer() leaves nothing behind on a signal that outlives its hearings, or on the clock", async () => {
  for (const end of ["input", "failure", "disposal"] as const) {
    const { clock, session, hearing, input, outcome, say, counted, dispose } = await talking();
    say(500);
    await clock.advance(1000);
    if (end === "input") input.close();
    if (end === "failure") session.report.failed(new PipelineError("unavailable", "cut"));
    if (end === "disposal") await hearing[Symbol.asyncDispose]();
    await clock.advance(10_000);
    await outcome;
    assertEquals([counted.listeners, clock.pending], [0, 0], end);
    await dispose();
    assertGreater(session.disposals, 0);
  }
});

Deno.test("endToEndRecognizer() ends sessions that were opened and never heard with itself", async () => {
  const session = new PlayedSession();
  const engine = endToEndRecognizer({ ...rules, open: () => Promise.resolve(session) }, new FakeClock());
  const { signal } = new AbortController();
  const hearing = await engine.open({ languages: ["en"], format: raw, glossary: {}, signal });
  await engine[Symbol.asyncDispose]();
  assertEquals(session.disposals, 1);
  await hearing[Symbol.asyncDispose]();
});
