import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { RateConverter } from "../../../../adapters/net/connection_audio.ts";
import {
  type RecognizerOutside,
  recognizerOverSocket,
} from "../../../../adapters/net/recognizer_over_socket.ts";
import type { RecognizerWire, WireEvent } from "../../../../adapters/net/recognizer_wire.ts";
import type { ConnectSocket, SocketRequest } from "../../../../adapters/net/socket.ts";
import { Resampler } from "../../../../media/resample.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent, Usage } from "../../../../pipeline/ports.ts";
import { assertConsistent, finals, texts, transcript } from "../../../conformance/hearing_events.ts";
import { talkTo } from "../../../support/contract/talk.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const rate = 16_000;

/** A connection as the provider has it; what is said over it is written as the events that it means. */
interface Line {
  readonly sent: (string | number)[];
  tell(...events: readonly WireEvent[]): void;
  close(code: number, kind?: PipelineError["kind"]): void;
  open: boolean;
}

/** A provider in memory. Audio is noted by its length in ms. */
function provider(more: Partial<RecognizerWire> = {}, rates = [rate]) {
  const lines: Line[] = [];
  const connect: ConnectSocket = (request: SocketRequest) => {
    const line: Line = {
      sent: [],
      open: true,
      tell: (...events) => request.message(JSON.stringify(events)),
      close(code, kind = "unavailable") {
        line.open = false;
        request.ended(new PipelineError(request.closing?.(code, "") ?? kind, `closed (${code})`));
      },
    };
    lines.push(line);
    return Promise.resolve({
      send: (data) =>
        void line.sent.push(typeof data === "string" ? data : data.length / 2 * 1000 / rates[0]!),
      waitingBytes: 0,
      [Symbol.asyncDispose]() {
        line.open = false;
        return Promise.resolve();
      },
    });
  };
  const wire: RecognizerWire = {
    name: "test",
    provider: "Test",
    traits: { languages: ["en", "es"], stableAfterMs: 0 },
    rates,
    chunk: { bestMs: 100 },
    finalize: { answer: "acknowledged", timeoutMs: 2000 },
    end: { answer: "finished", timeoutMs: 2000 },
    concurrency: 1,
    billing: "reported",
    connection: () => ({
      url: "ws://test",
      headers: {},
      opening: ["hello"],
      read: (message) => JSON.parse(message as string),
      finalize: () => ["finalize"],
      end: () => ["end"],
    }),
    ...more,
  };
  const clock = new FakeClock();
  return {
    clock,
    lines,
    engine: (outside: RecognizerOutside = {}) => recognizerOverSocket(wire, { clock, connect, ...outside }),
  };
}

function word(text: string, startMs: number, endMs: number) {
  return { text, startMs, endMs };
}

function heard(
  append: readonly ReturnType<typeof word>[],
  tentative: readonly ReturnType<typeof word>[],
  toMs: number,
) {
  return { type: "heard", append, tentative, toMs } as const;
}

function check(events: readonly HearingEvent[], to: number, flushes: readonly number[] = []): void {
  assertConsistent(events, { rate, from: 0, to, languages: ["en"], flushes });
}

Deno.test("recognizerOverSocket() sends audio in pieces of the best size, and a rest that is not too short", async () => {
  const { lines, clock, engine } = provider({ chunk: { bestMs: 100, minMs: 50 } });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(0, 220);
  await clock.advance(0);
  assertEquals(lines[0]!.sent, ["hello", 100, 100]);
  talk.flush(1);
  await clock.advance(0);
  assertEquals(lines[0]!.sent.slice(3), [50, "finalize"]);
  lines[0]!.tell({ type: "finalized" });
  const ended = talk.end();
  await clock.advance(0);
  assertEquals(lines[0]!.sent.slice(5), ["end"]);
  lines[0]!.tell({ type: "finished" });
  check(await ended, talk.said, [1]);
});

Deno.test("recognizerOverSocket() sends no faster than the provider takes it", async () => {
  const { lines, clock, engine } = provider({ pacing: { speed: 2, burstMs: 300 } });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(0, 2000);
  const counts: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    await clock.advance(count === 0 ? 0 : 100);
    counts.push(lines[0]!.sent.length - 1);
  }
  assertEquals(counts, [3, 5, 7, 9, 11]);
});

Deno.test("recognizerOverSocket() keeps a connection by messages, from its opening on", async () => {
  const { lines, clock, engine } = provider({ keepalive: { idleMs: 4000, message: "alive" } });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  await clock.advance(9000);
  assertEquals(lines[0]!.sent, ["hello", "alive", "alive"]);
  talk.say(0, 100);
  await clock.advance(3999);
  assertEquals(lines[0]!.sent.slice(3), [100]);
});

Deno.test("recognizerOverSocket() keeps a connection by silence, which does not count as the source", async () => {
  const { lines, clock, engine } = provider({ keepalive: { idleMs: 1000, silenceMs: 200 } });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(150, 0);
  await clock.advance(3000);
  // The half of a piece that waits goes first.
  assertEquals(lines[0]!.sent, ["hello", 100, 100, 100, 50, 100, 100, 100, 100]);
  talk.say(300, 0);
  await clock.advance(0);
  // 750 ms of the connection are 150 ms of the source.
  lines[0]!.tell(heard([word("one", 760, 1000)], [], 1050), { type: "ended" });
  const ended = talk.end();
  await clock.advance(0);
  lines[0]!.tell({ type: "finished" });
  const [final] = finals(await ended);
  assertEquals(final?.words, [{ text: "one", startMs: 160, endMs: 400, timing: "measured" }]);
});

Deno.test("recognizerOverSocket() hears again over another connection what was not final, in the same utterance", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell(heard([word("one", 100, 300)], [word("too", 300, 600)], 700));
  await clock.advance(0);
  lines[0]!.close(1006);
  await clock.advance(0);
  assertEquals(lines.length, 2);
  // From the end of the first word on, 300 ms: 700 ms of audio.
  assertEquals(lines[1]!.sent, ["hello", ...Array(7).fill(100)]);
  lines[1]!.tell({ type: "started", atMs: 0 }, heard([], [], 100));
  lines[1]!.tell(heard([word("two", 0, 300)], [], 700), { type: "ended" });
  const ended = talk.end();
  await clock.advance(0);
  lines[1]!.tell({ type: "finished" });
  const events = await ended;
  check(events, talk.said);
  assertEquals(finals(events).map(texts), [["one", "two"]]);
});

Deno.test("recognizerOverSocket() ends an utterance that nobody goes on with after its connection is gone", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 3000);
  await clock.advance(0);
  lines[0]!.tell(heard([word("one", 100, 300)], [], 1000));
  await clock.advance(0);
  lines[0]!.close(1006);
  await clock.advance(0);
  lines[1]!.tell(heard([], [], 3000));
  await clock.advance(0);
  assertEquals(transcript(talk.events), "one");
});

Deno.test("recognizerOverSocket() fails with what another connection cannot help against", async () => {
  for (const kind of ["quota_exhausted", "concurrency", "unauthenticated"] as const) {
    const { lines, clock, engine } = provider();
    await using recognizer = engine();
    await using talk = await talkTo(recognizer);
    talk.say(200, 0);
    await clock.advance(0);
    lines[0]!.close(4000, kind);
    const error = await talk.end().catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals([error.kind, lines.length], [kind, 1]);
  }
});

Deno.test("recognizerOverSocket() takes another connection at an endpoint before the limit", async () => {
  const { lines, clock, engine } = provider({ sessionLimitMs: 600_000 });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell(heard([word("one", 100, 300)], [], 1000));
  await clock.advance(545_000);
  assertEquals(lines[0]!.sent.at(-1), 100, "It was replaced in the middle of speech");
  lines[0]!.tell({ type: "ended" });
  await clock.advance(0);
  assertEquals(lines[0]!.sent.at(-1), "end");
  talk.say(500, 0);
  lines[0]!.tell({ type: "finished" });
  await clock.advance(0);
  assertEquals([lines.length, lines[0]!.open, lines[1]!.sent], [2, false, ["hello", ...Array(5).fill(100)]]);
  lines[1]!.tell(heard([word("two", 100, 300)], [], 500), { type: "ended" });
  const ended = talk.end();
  await clock.advance(0);
  lines[1]!.tell({ type: "finished" });
  const events = await ended;
  check(events, talk.said);
  assertEquals(finals(events).map(({ words }) => words[0]!.startMs), [100, 1100]);
});

Deno.test("recognizerOverSocket() takes another connection in the middle of speech where the limit leaves no choice", async () => {
  const { lines, clock, engine } = provider({ sessionLimitMs: 600_000 });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell(heard([word("one", 100, 300)], [], 1000));
  await clock.advance(595_000);
  assertEquals(lines[0]!.sent.at(-1), "end");
  lines[0]!.tell(heard([word("two", 600, 900)], [], 1000), { type: "finished" });
  talk.say(500, 0);
  await clock.advance(0);
  lines[1]!.tell(heard([word("three", 0, 300)], [], 500), { type: "ended" });
  const ended = talk.end();
  await clock.advance(0);
  lines[1]!.tell({ type: "finished" });
  const events = await ended;
  check(events, talk.said);
  assertEquals(finals(events).map(texts), [["one", "two", "three"]]);
});

Deno.test("recognizerOverSocket() makes final what is tentative when nobody answers a flush that need not be answered", async () => {
  for (const answer of ["best_effort", "none"] as const) {
    const { lines, clock, engine } = provider({ finalize: { answer, timeoutMs: 1500 } });
    await using recognizer = engine();
    await using talk = await talkTo(recognizer);
    talk.say(1000, 0);
    talk.flush(4);
    await clock.advance(0);
    assertEquals(lines[0]!.sent.includes("finalize"), answer !== "none");
    lines[0]!.tell(heard([word("one", 100, 300)], [word("two", 300, 600)], 1000));
    await clock.advance(1499);
    assertEquals(transcript(talk.events), "");
    await clock.advance(1);
    assertEquals(talk.events.at(-1), { type: "flushed", id: 4 });
    // It comes late, and differs: what is new of it is told.
    talk.say(0, 500);
    await clock.advance(0);
    const late = [word("two", 300, 620), word("three", 700, 1000)];
    lines[0]!.tell(heard(late, [], 1500), { type: "ended" }, { type: "finalized" });
    const ended = talk.end();
    await clock.advance(1500);
    lines[0]!.tell({ type: "finished" });
    const events = await ended;
    check(events, talk.said, [4]);
    assertEquals(finals(events).map(texts), [["one", "two"], ["three"]]);
  }
});

Deno.test("recognizerOverSocket() has another connection answer a flush that is not acknowledged", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  talk.flush(4);
  await clock.advance(2000);
  assertEquals(lines.length, 2);
  assertEquals(lines[1]!.sent, ["hello", ...Array(10).fill(100), "finalize"]);
  lines[1]!.tell(heard([word("one", 100, 300)], [], 1000), { type: "finalized" });
  await clock.advance(0);
  assertEquals(talk.events.at(-1), { type: "flushed", id: 4 });
  assertEquals(transcript(talk.events), "one");
});

Deno.test("recognizerOverSocket() waits as long for an answer as something is told", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(5000, 0);
  talk.flush(4);
  for (let toMs = 100; toMs < 5000; toMs += 100) {
    await clock.advance(1900);
    lines[0]!.tell(heard([], [word("one", 0, toMs)], toMs));
  }
  lines[0]!.tell({ type: "finalized" });
  await clock.advance(0);
  assertEquals([lines.length, talk.events.at(-1)], [1, { type: "flushed", id: 4 }]);
});

Deno.test("recognizerOverSocket() answers a flush at once when nothing was sent since the last", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.flush(1);
  talk.flush(2);
  await clock.advance(0);
  assertEquals([talk.events.length, lines[0]!.sent], [2, ["hello"]]);
});

Deno.test("recognizerOverSocket() makes final what is tentative when the provider closes in order", async () => {
  const { lines, clock, engine } = provider({ end: { answer: "close", timeoutMs: 2000 } });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell(heard([], [word("one", 100, 300)], 1000));
  const ended = talk.end();
  await clock.advance(0);
  lines[0]!.close(1000);
  const events = await ended;
  check(events, talk.said);
  assertEquals(transcript(events), "one");
});

Deno.test("recognizerOverSocket() settles what a silent provider must have heard", async () => {
  const { clock, engine } = provider({ lagMs: 1000 });
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  for (let count = 0; count < 40; count += 1) {
    talk.say(0, 100);
    await clock.advance(100);
  }
  const last = talk.events.findLast((event) => event.type === "progress");
  assertEquals(last && [last.heardTo, last.settledTo], [3 * rate, 3 * rate]);
});

Deno.test("recognizerOverSocket() counts what is charged for: audio, or time", async () => {
  for (const billing of ["audio", "session"] as const) {
    const { lines, clock, engine } = provider({ billing });
    await using recognizer = engine();
    await using talk = await talkTo(recognizer);
    await clock.advance(5000);
    talk.say(0, 1000);
    const ended = talk.end();
    await clock.advance(0);
    lines[0]!.tell({ type: "finished" });
    const usage = (await ended).filter((event): event is Usage => event.type === "usage");
    assertEquals(usage, [{ type: "usage", audioMs: billing === "audio" ? 1000 : 5000 }]);
  }
});

Deno.test("recognizerOverSocket() changes the rate where the provider takes another one", async () => {
  const { lines, clock, engine } = provider({}, [24_000]);
  const converters: RateConverter[] = [];
  await using recognizer = engine({
    async convert(from, to) {
      const converter = await Resampler.create(from, to);
      converters.push(converter);
      return converter;
    },
  });
  assert(recognizer.traits.formats.some((format) => format.rate === rate));
  await using talk = await talkTo(recognizer);
  talk.say(1050, 0);
  talk.flush(1);
  await clock.advance(0);
  const [, ...pieces] = lines[0]!.sent.slice(0, -1) as number[];
  assertEquals(pieces.slice(0, 10), Array(10).fill(100));
  // Nothing is held back.
  assertEquals(pieces.reduce((sum, ms) => sum + ms, 0), 1050);
  lines[0]!.tell(heard([word("one", 500, 800)], [], 1050), { type: "finalized" });
  await clock.advance(0);
  const [final] = finals(talk.events);
  assertEquals(final?.words.map(({ startMs, endMs }) => [startMs, endMs]), [[500, 800]]);
  assertEquals(converters.length, 1);
});

Deno.test("recognizerOverSocket() refuses what the wire does not take", async () => {
  const { engine } = provider();
  await using recognizer = engine();
  const error = await talkTo(recognizer, { format: { codec: "pcm_s16le", rate: 24_000 } }).catch((error) =>
    error
  );
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "invalid_request");
});

Deno.test("recognizerOverSocket() passes a translation on with its place in the source", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell({ type: "translated", target: "es", append: "uno ", tentative: "d", toMs: 500 });
  lines[0]!.tell({ type: "translated", target: "es", append: "dos", tentative: "" });
  await clock.advance(0);
  assertEquals(talk.events, [
    { type: "translation", target: "es", append: "uno ", tentative: "d", sourceTo: 8000 },
    { type: "translation", target: "es", append: "dos", tentative: "" },
  ]);
});

Deno.test("recognizerOverSocket() says once what another connection translates again", async () => {
  const { lines, clock, engine } = provider();
  await using recognizer = engine();
  await using talk = await talkTo(recognizer);
  const translated = { type: "translated", target: "es", tentative: "" } as const;
  talk.say(1000, 0);
  await clock.advance(0);
  lines[0]!.tell(heard([word("one", 100, 300)], [word("two", 300, 600)], 700));
  lines[0]!.tell({ ...translated, append: "uno dos.", toMs: 600 });
  await clock.advance(0);
  lines[0]!.close(1006);
  await clock.advance(0);
  // It hears from 300 ms on.
  lines[1]!.tell(heard([word("two", 0, 300), word("three", 400, 600)], [], 700));
  lines[1]!.tell({ ...translated, append: "", toMs: 0 }, { ...translated, append: "dos.", toMs: 300 });
  lines[1]!.tell({ ...translated, append: "", toMs: 400 }, { ...translated, append: "Tres.", toMs: 600 });
  await clock.advance(0);
  const own = talk.events.flatMap((event) =>
    event.type === "translation" ? [[event.append, event.sourceTo]] : []
  );
  assertEquals(own, [["uno dos.", 9600], ["", undefined], ["", 11_200], ["Tres.", 14_400]]);
});

Deno.test("recognizerOverSocket() ends with its engine", async () => {
  const { lines, clock, engine } = provider();
  const recognizer = engine();
  const talk = await talkTo(recognizer);
  talk.say(100, 0);
  await clock.advance(0);
  await recognizer[Symbol.asyncDispose]();
  const error = await talk.end().catch((error) => error);
  assertInstanceOf(error, PipelineError);
  await talk[Symbol.asyncDispose]();
  assertEquals([lines[0]!.open, lines[0]!.sent.at(-1)], [false, "end"]);
});
