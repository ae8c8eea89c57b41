import { assertEquals } from "@std/assert";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type FakeServiceOptions, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";
import { observedService, told } from "../../support/observed_service.ts";

type Options = Omit<FakeServiceOptions, "clock">;

/** A session whose client has said `start`. */
async function startedSession(options: Options = {}) {
  const clock = new FakeClock();
  const service = observedService({ clock, ...options });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, service.registry));
  const socket = connect();
  socket.say(start);
  await clock.advance(0);
  return { clock, connect, socket, ...service };
}

/** Speaks in messages of 100 ms at the pace of speech, and acknowledges what comes. */
async function speakFor(clock: FakeClock, socket: MemorySocket, ms: number): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
    socket.acknowledge();
  }
}

/** Speaks for 6 s, in which two clauses are said, and ends in order. */
async function wholeSession(options: Options = {}) {
  const session = await startedSession(options);
  const { clock, socket } = session;
  await speakFor(clock, socket, 6000);
  socket.sayNumbered({ type: "end" });
  await clock.advance(500);
  socket.acknowledge();
  await clock.advance(0);
  return session;
}

/** The lines of a log, without time, logger and session. */
function logged(lines: readonly string[]) {
  return lines.map((line) => {
    const { time: _, logger: __, session: ___, trace, ...rest } = JSON.parse(line);
    return { ...rest, traced: trace !== undefined };
  });
}

const pair = `source="en",target="es"`;

Deno.test("createTelemetry() measures each stage of a scripted session exactly", async () => {
  const { telemetry, value } = await wholeSession({ mt: { delayMs: 120 }, tts: { delayMs: 80 } });
  assertEquals(await value(`parley_ttfab_seconds_count{${pair}}`), 2);
  assertEquals(await value(`parley_ttfab_seconds_sum{${pair}}`), 0.8);
  assertEquals(await value(`parley_ttfab_seconds_bucket{le="0.3",${pair}}`), 0);
  assertEquals(await value(`parley_ttfab_seconds_bucket{le="0.45",${pair}}`), 2);
  for (const [stage, seconds] of [["stt", 0.4], ["mt", 0.24], ["tts", 0.16]] as const) {
    const labels = `stage="${stage}",provider="fake"`;
    assertEquals(await value(`parley_stage_duration_seconds_sum{${labels}}`), seconds);
    assertEquals(await value(`parley_stage_duration_seconds_count{${labels}}`), 2);
  }
  assertEquals(await value(`parley_stage_duration_seconds_sum{stage="queue",provider=""}`), 0);
  assertEquals(await value(`parley_segments_total{source="en"}`), 2);
  assertEquals(await value(`parley_lane_segments_total{${pair},outcome="spoken"}`), 2);
  // The second clause waits until the first has been played: it was 1.18 s behind its speech.
  assertEquals(await value(`parley_lag_seconds_sum{${pair}}`), 1.58);
  const { latencyMs, stages, segments } = telemetry.stats();
  assertEquals(latencyMs.ttfab, { count: 2, mean: 400, p50: 400, p95: 400, p99: 400, max: 400 });
  assertEquals(latencyMs.lag, { count: 2, mean: 790, p50: 400, p95: 1180, p99: 1180, max: 1180 });
  assertEquals(stages.mt, {
    engine: "fake",
    ms: { count: 2, mean: 120, p50: 120, p95: 120, p99: 120, max: 120 },
    failures: {},
    failureRate: 0,
  });
  assertEquals([segments.cut, segments.spoken, segments.failed, segments.waiting], [2, 2, 0, 0]);
});

Deno.test("createTelemetry() tells how long the whole answer took, apart from its beginning", async () => {
  const { telemetry } = await wholeSession({ tts: { realTimeFactor: 0.1 } });
  const { ttfab, response } = telemetry.stats().latencyMs;
  // The 44 letters of the first clause make 3,080 ms of speech, at a tenth of real time, after 200 ms of hearing.
  assertEquals([ttfab.p50, ttfab.max], [210, 210]);
  assertEquals(response.count, 2);
  assertEquals(response.max, 508);
});

Deno.test("createTelemetry() counts the messages and the audio of a session", async () => {
  const { telemetry, value, socket } = await wholeSession();
  assertEquals(await value(`parley_messages_total{direction="in",kind="audio"}`), 60);
  assertEquals(await value(`parley_messages_total{direction="in",kind="text"}`), 62);
  assertEquals(await value(`parley_messages_total{direction="out",kind="audio"}`), socket.audio.length);
  assertEquals(await value(`parley_messages_total{direction="out",kind="text"}`), socket.json.length);
  assertEquals(await value(`parley_audio_message_bytes_total{direction="in"}`), 60 * (12 + 3200));
  assertEquals(await value("parley_source_audio_seconds_total"), 6);
  assertEquals(telemetry.stats().audioMs.source, 6000);
});

Deno.test("createTelemetry() counts sessions: live, peak, started, ended by code, resumed, refused", async () => {
  const { clock, connect, socket, value, registry, telemetry } = await startedSession({
    limits: { maxSessions: 2 },
  });
  const second = connect();
  second.say(start);
  const third = connect();
  third.say(start);
  await clock.advance(0);
  assertEquals(third.closed?.code, 1013);
  assertEquals(await value(`parley_sessions_live{transport="stream"}`), 2);
  second.raw(new ArrayBuffer(1));
  await clock.advance(0);
  const [ready] = socket.said("ready");
  socket.cut();
  connect().say({ type: "resume", session: ready!.session, token: ready!.token, received: 0 });
  await clock.advance(100);
  await registry.drain(0);
  assertEquals(await value(`parley_sessions_live{transport="stream"}`), 0);
  assertEquals(await value("parley_sessions_peak"), 2);
  assertEquals(await value(`parley_session_duration_seconds_sum{transport="stream"}`), 0.1);
  assertEquals(telemetry.stats().sessions, {
    live: 0,
    peak: 2,
    started: 2,
    ended: { "4400": 1, "4503": 1 },
    refused: { overloaded: 1 },
    resumed: 1,
  });
});

Deno.test("createTelemetry() counts a client that never comes back under 1006", async () => {
  const { clock, socket, telemetry } = await startedSession({ limits: { resumeMs: 1000 } });
  socket.cut();
  await clock.advance(2000);
  assertEquals(telemetry.stats().sessions.ended, { "1006": 1 });
});

Deno.test("createTelemetry() counts a failed segment by stage and kind, and goes on", async () => {
  const faults = [{ fault: "unavailable", segment: 1 }] as const;
  const { telemetry, value, lines } = await wholeSession({ mt: { faults } });
  assertEquals(await value(`parley_failures_total{stage="mt",provider="fake",kind="unavailable"}`), 1);
  assertEquals(await value(`parley_lane_segments_total{${pair},outcome="failed"}`), 1);
  const { stages, segments } = telemetry.stats();
  assertEquals([segments.spoken, segments.failed, segments.failureRate], [1, 1, 0.5]);
  assertEquals([stages.mt.failures, stages.mt.failureRate], [{ unavailable: 1 }, 0.5]);
  assertEquals(stages.tts.failureRate, 0);
  assertEquals(logged(lines).filter(({ level }) => level === "warn"), [
    {
      level: "warn",
      event: "segment failed",
      stage: "mt",
      kind: "unavailable",
      lane: 1,
      segment: 1,
      traced: true,
    },
  ]);
});

Deno.test("createTelemetry() counts a recognizer that fails against stt, and one that cannot be opened apart", async () => {
  const hearing = await startedSession({ stt: { faults: [{ fault: "timeout", atMs: 1000 }] } });
  await speakFor(hearing.clock, hearing.socket, 6000);
  assertEquals(hearing.socket.closed?.code, 1011);
  assertEquals(
    await hearing.value(`parley_failures_total{stage="stt",provider="fake",kind="timeout"}`),
    1,
  );
  assertEquals(hearing.telemetry.stats().sessions.ended, { "1011": 1 });
  const opening = await startedSession({ stt: { openFaults: [{ fault: "unauthenticated" }] } });
  assertEquals(
    await opening.value(`parley_failures_total{stage="open",provider="",kind="unauthenticated"}`),
    1,
  );
});

Deno.test("createTelemetry() shows what waits: segments in lanes, audio for recognizers and clients", async () => {
  const { clock, socket, value, registry } = await startedSession({ mt: { faults: [{ fault: "stall" }] } });
  for (let spoken = 0; spoken < 6000; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
  }
  assertEquals(await value("parley_segments_waiting"), 2);
  assertEquals(await value(`parley_input_waiting_seconds{of="worst"}`), 0);
  assertEquals((await value(`parley_output_waiting_bytes{of="all"}`))! > 0, true);
  socket.speak(1000);
  socket.speak(500);
  assertEquals(await value(`parley_input_waiting_seconds{of="worst"}`), 0.5);
  await registry.drain(0);
  assertEquals(await value("parley_segments_waiting"), 0);
});

Deno.test("createTelemetry() measures the words that captions take back", async () => {
  const misheard = { text: "howls", forMs: 200 };
  const words = ["the", "old", "house"].map((text, index) => ({
    text,
    startMs: 500 + 300 * index,
    endMs: 800 + 300 * index,
    ...(text === "house" ? { misheard } : {}),
  }));
  const { telemetry, value } = await wholeSession({ script: [{ words }] });
  assertEquals(await value(`parley_caption_words_erased_total{caption="source"}`), 1);
  assertEquals(await value(`parley_caption_words_total{caption="source"}`), 3);
  assertEquals(telemetry.stats().captions, { sourceErasure: 1 / 3, translatedErasure: 0 });
});

Deno.test("createTelemetry() writes a line when a session starts and one when it ends", async () => {
  const { lines } = await wholeSession();
  assertEquals(logged(lines), [
    {
      level: "info",
      event: "session started",
      transport: "stream",
      source: "en",
      targets: "es",
      traced: true,
    },
    {
      level: "info",
      event: "session ended",
      transport: "stream",
      code: 1000,
      durationMs: 6500,
      sourceMs: 6000,
      segments: 2,
      spoken: 2,
      failed: 0,
      resumes: 0,
      messagesIn: 122,
      messagesOut: 120,
      traced: true,
    },
  ]);
});

Deno.test("createTelemetry() takes rates once a second, and keeps the highest", async () => {
  const { clock, socket, telemetry, registry } = await startedSession();
  const stop = new AbortController();
  const watching = telemetry.watch(stop.signal);
  await clock.advance(500);
  await speakFor(clock, socket, 2000);
  const { messages, segments } = telemetry.stats();
  // Ten audio messages and ten acknowledgements a second; the second of them at the very end is still to come.
  assertEquals([messages.in.perSecond, messages.in.peakPerSecond], [19.5, 20]);
  assertEquals(segments.perSecond, 0);
  stop.abort();
  await watching;
  await registry.drain(0);
});

Deno.test("createTelemetry() gives each segment a trace of its own with a child for each stage", async () => {
  const { spans } = await wholeSession({ mt: { delayMs: 120 }, tts: { delayMs: 80 } });
  const [session] = spans.filter(({ name }) => name === "session");
  assertEquals(told(session!), { name: "session", from: 0, to: 6500 });
  const roots = spans.filter(({ name }) => name === "segment");
  assertEquals(roots.map(told), [
    { name: "segment", from: 2500, to: 2900 },
    { name: "segment", from: 4800, to: 5200 },
  ]);
  for (const root of roots) {
    assertEquals(root.parentSpanContext, undefined);
    assertEquals(root.links.map(({ context }) => context.spanId), [session!.spanContext().spanId]);
    assertEquals(root.spanContext().traceId === session!.spanContext().traceId, false);
  }
  const children = spans.filter((span) => span.parentSpanContext?.spanId === roots[0]!.spanContext().spanId);
  assertEquals(children.map(told), [
    { name: "stt", from: 2500, to: 2700 },
    { name: "mt", from: 2700, to: 2820 },
    { name: "tts", from: 2820, to: 2900 },
  ]);
});

Deno.test("createTelemetry() marks the span of a failed segment, and names its trace in the log", async () => {
  const faults = [{ fault: "rate_limited", segment: 2 }] as const;
  const { spans, lines } = await wholeSession({ tts: { faults } });
  const failed = spans.find(({ status }) => status.code === 2)!;
  assertEquals(told(failed), { name: "segment", from: 4800, to: 5000 });
  assertEquals([failed.attributes["parley.stage"], failed.attributes["error.type"]], ["tts", "rate_limited"]);
  const line = JSON.parse(lines.find((line) => line.includes("segment failed"))!);
  assertEquals(line.trace, failed.spanContext().traceId);
});

Deno.test("createTelemetry() tells engines which trace their work belongs to, and puts their calls there", async () => {
  const traces: (string | undefined)[] = [];
  const { spans, telemetry } = await wholeSession({
    mt: {
      translate(text, { request }) {
        traces.push(request.traceParent);
        return text;
      },
    },
  });
  const roots = spans.filter(({ name }) => name === "segment");
  assertEquals(
    traces,
    roots.map((root) => `00-${root.spanContext().traceId}-${root.spanContext().spanId}-01`),
  );
  telemetry.engines({
    type: "call",
    stage: "mt",
    engine: "deepl",
    operation: "answer",
    outcome: "failed",
    kind: "timeout",
    durationMs: 40,
    traceParent: traces[1]!,
  });
  const call = spans.find(({ name }) => name === "call")!;
  assertEquals(call.parentSpanContext?.spanId, roots[1]!.spanContext().spanId);
  assertEquals([call.attributes["parley.provider"], call.attributes["error.type"]], ["deepl", "timeout"]);
  assertEquals(told(call).to - told(call).from, 40);
});

Deno.test("createTelemetry() ends the spans of segments that were never spoken", async () => {
  const { clock, socket, spans } = await startedSession({ tts: { delayMs: 60_000 } });
  await speakFor(clock, socket, 6000);
  socket.sayNumbered({ type: "cancel", lane: 1, through: 9 });
  await clock.advance(100);
  const roots = spans.filter(({ name }) => name === "segment");
  assertEquals(roots.map(({ attributes }) => attributes["parley.unspoken"]), [true, true]);
  socket.cut();
  await clock.advance(60_000);
});

Deno.test("createTelemetry() counts what engines tell of themselves, by provider", async () => {
  const { telemetry, value, lines } = observedService({ clock: new FakeClock() });
  const who = { stage: "mt", engine: "deepl" } as const;
  telemetry.engines({
    type: "call",
    ...who,
    operation: "answer",
    outcome: "ok",
    firstResultMs: 40,
    durationMs: 90,
  });
  telemetry.engines({
    type: "call",
    ...who,
    operation: "answer",
    outcome: "failed",
    kind: "timeout",
    durationMs: 2000,
  });
  telemetry.engines({ type: "retry", ...who, operation: "answer", kind: "timeout", waitMs: 100 });
  telemetry.engines({ type: "switch", stage: "mt", from: "deepl", to: "apertium", why: "failed" });
  telemetry.engines({ type: "cache", ...who, result: "hit" });
  telemetry.engines({ type: "breaker", ...who, state: "open" });
  const provider = `stage="mt",provider="deepl"`;
  assertEquals(await value(`parley_engine_first_result_seconds_sum{${provider}}`), 0.04);
  assertEquals(await value(`parley_engine_call_seconds_sum{${provider},operation="answer"}`), 2.09);
  assertEquals(
    await value(`parley_engine_calls_total{${provider},operation="answer",outcome="failed",kind="timeout"}`),
    1,
  );
  assertEquals(await value(`parley_engine_retries_total{${provider},kind="timeout"}`), 1);
  assertEquals(
    await value(`parley_engine_switches_total{stage="mt",from="deepl",to="apertium",why="failed"}`),
    1,
  );
  assertEquals(await value(`parley_cache_lookups_total{${provider},result="hit"}`), 1);
  assertEquals(lines.map((line) => JSON.parse(line).event), [
    "call failed",
    "provider changed",
    "breaker changed",
  ]);
});
