import { assert, assertEquals } from "@std/assert";
import { fakeInputs } from "../../../adapters/fake/recognizer.ts";
import { connect } from "../../../client/session.ts";
import type { Frame } from "../../../pipeline/audio.ts";
import type { SpeechRecognizer } from "../../../pipeline/ports.ts";
import { encodeOpus } from "../../../protocol/codec.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { decodedFor, inputsFor } from "../../../sessions/decoded.ts";
import { Incoming } from "../../../sessions/incoming.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, shortTalk, start } from "../../support/fake_service.ts";
import { Instances } from "../../support/instances.ts";
import { MemorySocket } from "../../support/memory_socket.ts";
import { loudnessOf, opusPackets } from "../../support/opus_speech.ts";
import { toldTalk } from "../../support/told_talk.ts";

const input = { codec: "opus", rate: 48_000 } as const;
const packets = opusPackets((seconds) => 0.3 * Math.sin(2 * Math.PI * 440 * seconds), 9_000);

/** Sends packets in bundles of three, one after the other. */
class OpusSpeaker {
  #sent = 0;

  constructor(readonly socket: MemorySocket) {}

  speak(bundles: number, change: readonly Uint8Array[] = []): void {
    for (let bundle = 0; bundle < bundles; bundle++) {
      const from = 3 * this.#sent;
      const header = { lane: 0, seq: this.#sent + 1, position: 960 * from, flags: 0 };
      this.socket.raw(
        encodeOpus(header, [...packets.slice(from, from + 3 - change.length), ...change]).buffer,
      );
      this.#sent += 1;
    }
  }
}

function setUp(options: Partial<Parameters<typeof fakeService>[0]> = {}) {
  const clock = new FakeClock();
  const { registry, faults } = fakeService({ clock, ...options });
  const join = async () => {
    const socket = new MemorySocket().open((socket) => serveConnection(socket, registry));
    socket.say({ ...start, input });
    for (let turn = 0; turn < 20 && socket.said("ready").length === 0; turn++) await clock.advance(0);
    return socket;
  };
  return { clock, registry, faults, join };
}

Deno.test("Session decodes Opus for a recognizer that takes PCM, sample for sample on its clock", async () => {
  const heard: Frame[] = [];
  const { clock, registry, faults, join } = setUp({ onFrame: (frame) => heard.push(frame) });
  const socket = await join();
  assertEquals(socket.said("ready")[0]!.lanes[0], { lane: 0, language: "en", ...input });
  const speaker = new OpusSpeaker(socket);
  for (let bundle = 0; bundle < 140; bundle++) {
    speaker.speak(1);
    await clock.advance(60);
    // The decoder is made in a turn of its own.
    if (bundle === 0) await until(() => heard.length > 0);
    socket.acknowledge();
  }
  assertEquals(heard.map(({ position }) => position), heard.map((_, index) => 960 * index));
  assertEquals(heard.map(({ rate, samples }) => [rate, samples.length]), heard.map(() => [16_000, 960]));
  const samples = Int16Array.from(heard.slice(5, 105).flatMap((frame) => Array.from(frame.samples)));
  assert(Math.abs(loudnessOf(440, samples, 16_000) - 0.3) < 0.03);
  // The words of the script are at 500 to 2,600 and 4,000 to 4,900 ms: on the client's clock these are 48 samples a ms.
  assertEquals(socket.said("segment").map(({ start, end }) => [start, end]), [[24_000, 124_800], [
    192_000,
    235_200,
  ]]);
  const settled = socket.said("ack").at(-1)!.settled;
  assert(settled >= 235_200 && settled <= 140 * 2_880, `settled ${settled}`);
  await registry[Symbol.asyncDispose]();
  assertEquals(faults, []);
});

Deno.test("Session ends with 4400 at a packet that is no Opus, and no other session is hurt", async () => {
  const { clock, registry, faults, join } = setUp();
  const [one, other] = [await join(), await join()];
  const [bad, good] = [new OpusSpeaker(one), new OpusSpeaker(other)];
  for (const speaker of [bad, good]) speaker.speak(2);
  await clock.advance(100);
  // Its first byte promises two frames of the same size, and there is one byte too many.
  bad.speak(1, [Uint8Array.of(0x09, 1, 2, 3)]);
  await until(() => one.closed !== undefined);
  assertEquals(one.closed, { code: 4400, reason: "Cannot decode the audio: 1 of 3 packets are no Opus" });
  assertEquals(one.said("error").map(({ kind }) => kind), ["invalid_request"]);
  good.speak(2);
  await clock.advance(400);
  assertEquals([other.closed, other.said("ack").at(-1)?.received], [undefined, 4]);
  const third = await join();
  // No frames at all, in a packet of which the first byte promises to say how many.
  new OpusSpeaker(third).speak(1, [Uint8Array.of(0x03, 0)]);
  assertEquals(third.closed?.code, 4400);
  assertEquals(third.closed?.reason, "Cannot read an Opus packet: it lasts 0 samples, expected 1 to 5760");
  await registry[Symbol.asyncDispose]();
  assertEquals([faults, registry.size], [[], 0]);
});

Deno.test("Session takes no more Opus than its window, counted in bytes", async () => {
  const { clock, registry, join } = setUp({ stt: { faults: [{ fault: "stall", atMs: 0 }] } });
  const socket = await join();
  const speaker = new OpusSpeaker(socket);
  await clock.advance(300);
  assertEquals(socket.said("ack").at(-1)!.window, 131_072);
  for (let bundle = 0; bundle < 150 && !socket.closed; bundle++) speaker.speak(1);
  assertEquals(socket.closed, undefined, "as much as may be on its way before the first window is said");
  await registry[Symbol.asyncDispose]();
});

Deno.test("ClientSession goes on with Opus at another instance", async () => {
  const clock = new FakeClock();
  const instances = new Instances(2, 5, {
    clock,
    script: shortTalk,
    steadyVoices: true,
    tts: { msPerCharacter: 20, realTimeFactor: 0.5 },
  });
  const abort = new AbortController();
  const connecting = connect({
    url: "http://service/v1/stream",
    start: { source: "en", targets: ["es"], input },
    connect: instances.connect,
    clock,
    signal: abort.signal,
  });
  connecting.catch(() => {});
  let session: Awaited<typeof connecting> | undefined;
  connecting.then((opened) => session = opened);
  for (let turn = 0; turn < 100 && !session; turn++) await clock.advance(5);
  assert(session);
  const events: unknown[] = [];
  const reading = (async () => {
    for await (const event of session.events) events.push(event);
  })();
  for (let at = 0; at < packets.length; at += 3) {
    assert(session.pushOpus(packets.slice(at, at + 3), 2_880));
    await clock.advance(60);
    if (at === 120) {
      instances.current = 1;
      instances.cut();
    }
  }
  const ending = session.end();
  await clock.advance(10_000);
  const totals = await ending;
  await reading;
  const { segments, speech } = toldTalk(events as Parameters<typeof toldTalk>[0]);
  assertEquals(segments.length, 2);
  assertEquals(speech[1]?.map(({ segment, ended }) => [segment, ended]), [[1, true], [2, true]]);
  assertEquals([totals.sourceMs, totals.segments], [9_000, 2]);
  abort.abort();
  await instances[Symbol.asyncDispose]();
});

Deno.test("decodedFor() and inputsFor() say what becomes of Opus", () => {
  const taking = (formats: SpeechRecognizer["traits"]["formats"]) =>
    ({ traits: { formats } }) as unknown as SpeechRecognizer;
  assertEquals(decodedFor(input, taking(fakeInputs)), { codec: "pcm_s16le", rate: 16_000 });
  assertEquals(decodedFor({ codec: "pcm_s16le", rate: 8_000 }, taking(fakeInputs)), undefined);
  assertEquals(inputsFor(taking([{ codec: "pcm_s16le", rate: 16_000 }])).at(-1), input);
  const own = taking([{ codec: "opus", rate: 48_000 }, { codec: "pcm_s16le", rate: 16_000 }]);
  assertEquals([decodedFor(input, own), inputsFor(own).length], [undefined, 2]);
  const odd = taking([{ codec: "pcm_s16le", rate: 11_025 }]);
  assertEquals([decodedFor(input, odd), inputsFor(odd).length], [undefined, 1]);
});

/** Lets the event loop turn until something has happened. */
async function until(happened: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !happened(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("Incoming passes Opus on as it is, and counts what waits", async () => {
  const incoming = new Incoming(input, 5_000, 48_000);
  incoming.take({
    type: "opus",
    lane: 0,
    seq: 1,
    position: 48_000,
    flags: 0,
    timing: undefined,
    packets: packets.slice(0, 3),
  });
  assertEquals([incoming.position, Math.round(incoming.waitingMs)], [50_880, 60]);
  const bytes = packets.slice(0, 3).reduce((sum, { length }) => sum + length, 0);
  assertEquals([incoming.windowBytes, incoming.roomBytes], [131_072, 131_072 - bytes]);
  assertEquals(await incoming.queue.receive(new AbortController().signal), {
    type: "packets",
    codec: "opus",
    rate: 48_000,
    position: 48_000,
    packets: packets.slice(0, 3),
  });
  assertEquals(incoming.waitingMs, 0);
});
