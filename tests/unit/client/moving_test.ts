import { assert, assertEquals } from "@std/assert";
import { utterance } from "../../../adapters/fake/script.ts";
import type { ConnectOptions } from "../../../client/connect_options.ts";
import type { ClientEvent } from "../../../client/event.ts";
import { type ClientSession, connect } from "../../../client/session.ts";
import type { Surroundings } from "../../../client/surroundings.ts";
import { CloseCode } from "../../../protocol/close.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { FakeServiceOptions } from "../../support/fake_service.ts";
import { Instances } from "../../support/instances.ts";
import { toldTalk } from "../../support/told_talk.ts";

const rate = 16_000;
const script = [utterance("the old house is near the sea", 500), utterance("we go home", 4_000)];

/** A client, two instances of a service, and the wire between them, on one clock. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly abort = new AbortController();
  readonly events: ClientEvent[] = [];
  readonly network = { online: true, listeners: new Set<() => void>() };
  readonly instances: Instances;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: Partial<FakeServiceOptions> = {}) {
    this.instances = new Instances(2, 5, { clock: this.clock, script, ...options });
  }

  async live(targets: readonly string[], options: Partial<ConnectOptions> = {}): Promise<ClientSession> {
    const { network } = this;
    const surroundings: Surroundings = {
      get online() {
        return network.online;
      },
      watch(changed) {
        network.listeners.add(changed);
        return () => network.listeners.delete(changed);
      },
    };
    const connecting = connect({
      url: "http://service/v1/stream",
      start: { source: "en", targets, input: { codec: "pcm_s16le", rate } },
      connect: this.instances.connect,
      clock: this.clock,
      random: () => 0.5,
      surroundings,
      signal: this.abort.signal,
      ...options,
    });
    await this.clock.advance(50);
    const session = await connecting;
    this.#reading = (async () => {
      for await (const event of session.events) this.events.push(event);
    })().catch(() => {});
    return session;
  }

  /** The network comes or goes. */
  async goOnline(online: boolean): Promise<void> {
    this.network.online = online;
    await this.news();
  }

  /** The page is told of something. */
  async news(): Promise<void> {
    for (const listener of [...this.network.listeners]) listener();
    await this.clock.advance(0);
  }

  /** Says so many ms of silence. */
  async speak(session: ClientSession, ms: number): Promise<void> {
    for (let said = 0; said < ms; said += 100) {
      session.push(new Int16Array(rate / 10));
      await this.clock.advance(100);
    }
  }

  /** Ends in order; gives what was told in all. */
  async end(session: ClientSession) {
    const ending = session.end();
    await this.clock.advance(20_000);
    await ending;
    return toldTalk(this.events);
  }

  get states(): string[] {
    return this.events.flatMap((event) => event.type === "state" ? [event.state] : []);
  }

  /** The types of the messages that were sent on the socket that was opened last, but for pings and acknowledgements. */
  get asked(): string[] {
    return this.instances.sockets.at(-1)!.sent.flatMap((data) => {
      const { type } = typeof data === "string" ? JSON.parse(data) as { type: string } : { type: "audio" };
      return type === "ping" || type === "ack" ? [] : [type];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort.abort(new DOMException("The test is over", "AbortError"));
    await this.clock.advance(3_000);
    await this.#reading;
    const faults = this.instances.faults;
    await this.instances[Symbol.asyncDispose]();
    await this.clock.advance(1_000);
    assertEquals(faults, []);
    assertEquals(this.network.listeners.size, 0, "nobody listens any more");
    assertEquals(this.clock.pending, 0, "nobody waits for the clock");
  }
}

Deno.test("ClientSession goes on at another instance when its own leaves, and only the state tells", async () => {
  await using stage = new Stage({ tts: { realTimeFactor: 0.5 } });
  const session = await stage.live(["es"]);
  await stage.speak(session, 3_100);
  const before = session.ready.session;
  stage.instances.leave(4_000);
  await stage.speak(session, 6_000);
  assert(session.ready.session !== before);
  const { segments, speech, totals } = await stage.end(session);
  assertEquals(segments.length, 2);
  assertEquals(speech[1]?.map(({ segment, ended }) => [segment, ended]), [[1, true], [2, true]]);
  assertEquals(totals?.sourceMs, 9_100);
  assertEquals(totals?.segments, 2);
  assertEquals(stage.states, ["connecting", "live", "reconnecting", "live", "ended"]);
  assert(stage.events.every(({ type }) => type !== "error"));
});

Deno.test("ClientSession that was asked to end is told the rest by another instance when its own leaves", async () => {
  const translate = (text: string) => text.startsWith("we") ? "" : text;
  await using stage = new Stage({ tts: { realTimeFactor: 1.2 }, mt: { translate } });
  const session = await stage.live(["es"]);
  await stage.speak(session, 4_300);
  const ending = session.end();
  await stage.clock.advance(20);
  stage.instances.leave(4_000);
  await stage.clock.advance(20_000);
  await ending;
  const { segments, speech, totals } = toldTalk(stage.events);
  assertEquals(segments.length, 2);
  assertEquals(speech[1]?.map(({ segment, ended }) => [segment, ended]), [[1, true]]);
  const skipped = stage.events.flatMap((event) => event.type === "skipped" ? [event.segment] : []);
  assertEquals([skipped, totals?.segments, totals?.skipped], [[2], 2, 1]);
});

Deno.test("ClientSession asks again for what had no answer, and for what holds on", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es", "fr"]);
  session.mute(1, true);
  session.mute(2, true);
  session.mute(2, false);
  await stage.speak(session, 200);
  stage.instances.stall();
  session.cancel(2, 7);
  session.setTargets(["de"]);
  assertEquals(session.flush(), 1);
  await stage.speak(session, 500);
  stage.instances.cut();
  stage.instances.current = 1;
  await stage.speak(session, 500);
  assertEquals(stage.asked.filter((type) => type !== "audio"), [
    "start",
    "mute",
    "cancel",
    "targets",
    "flush",
  ]);
  assert(stage.asked.indexOf("flush") > stage.asked.indexOf("audio"), "in its place");
  assertEquals(session.lanes.map(({ lane, language }) => `${lane}:${language}`), ["0:en", "3:de"]);
  const told = stage.events.flatMap((event) =>
    event.type === "flushed" ? [`flushed ${event.id}`] : event.type === "cancelled" ? ["cancelled"] : []
  );
  assertEquals(told.toSorted(), ["cancelled", "flushed 1"]);
});

Deno.test("ClientSession keeps the numbers of its lanes, whatever became of the targets before", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es", "fr"]);
  session.setTargets(["fr", "de"]);
  await stage.speak(session, 300);
  const lanes = session.lanes.map(({ lane, language }) => `${lane}:${language}`);
  assertEquals(lanes, ["0:en", "2:fr", "3:de"]);
  stage.instances.current = 1;
  stage.instances.cut();
  await stage.speak(session, 3_000);
  assertEquals(session.lanes.map(({ lane, language }) => `${lane}:${language}`), lanes);
  session.mute(3, true);
  session.setTargets(["fr", "it"]);
  await stage.speak(session, 4_000);
  assertEquals(session.lanes.map(({ lane, language }) => `${lane}:${language}`), ["0:en", "2:fr", "4:it"]);
  const { speech } = await stage.end(session);
  assertEquals(Object.keys(speech), ["2", "3", "4"]);
  assertEquals(stage.events.filter(({ type }) => type === "lanes").length, 2);
});

Deno.test("ClientSession goes on at another instance after lanes have come and gone, with the numbers that were next", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es", "fr"]);
  session.mute(1, true);
  await stage.speak(session, 3_900);
  session.setTargets(["de"]);
  session.cancel(2, 9);
  await stage.speak(session, 100);
  stage.instances.current = 1;
  stage.instances.cut();
  await stage.speak(session, 4_000);
  const { segments, speech, totals } = await stage.end(session);
  assertEquals(segments.length, 2);
  assertEquals(speech[3]?.map(({ segment }) => segment), [2]);
  assertEquals([totals?.segments, stage.states.filter((state) => state === "live").length], [2, 2]);
});

Deno.test("ClientSession is told nothing twice at an instance whose recognizer hears other words", async () => {
  const translate = (text: string, { target }: { target: string }) =>
    target === "es" ? Array(5).fill(text).join(" ") : text;
  const engines = { steadyVoices: true, tts: { realTimeFactor: 0.5 }, mt: { translate } };
  await using stage = new Stage(engines);
  const { clock } = stage;
  const otherwise = [utterance("the odd horse, in ear of the sea", 400), utterance("he goes. home", 3_900)];
  await using others = new Instances(1, 5, { clock, script: otherwise, ...engines });
  const session = await stage.live(["es", "fr"]);
  await stage.speak(session, 6_000);
  const spoken = (lane: number) =>
    stage.events.flatMap((event) => event.type === "timing" && event.lane === lane ? [event.segment] : []);
  assertEquals([spoken(1), spoken(2)], [[], [1, 2]], "one lane is behind");
  stage.instances.all[1] = others.all[0]!;
  stage.instances.current = 1;
  stage.instances.cut();
  await stage.speak(session, 3_000);
  // Not by the words, which differ: told and spoken once, in order.
  const { segments, captions, speech, totals } = await stage.end(session);
  assertEquals(segments.map((segment) => "text" in segment && segment.text), [
    "the old house is near the sea",
    "we go home",
  ]);
  assertEquals(Object.keys(captions), ["0/1", "0/2", "1/1", "1/2", "2/1", "2/2"]);
  assertEquals(captions["2/2"], "we go home||true");
  for (const lane of [1, 2]) {
    assertEquals(speech[lane]?.map(({ segment, ended }) => [segment, ended]), [[1, true], [2, true]]);
  }
  assertEquals([spoken(1), spoken(2), totals?.segments], [[1, 2], [1, 2], 2]);
});

Deno.test("ClientSession waits while there is no network, and tries at once when it comes back", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es"]);
  stage.instances.stall();
  await stage.goOnline(false);
  await stage.clock.advance(1_200);
  assertEquals(stage.states.at(-1), "reconnecting", "a second of silence is enough when the network is gone");
  await stage.speak(session, 15_000);
  assertEquals(stage.instances.sockets.length, 1, "nothing is tried");
  await stage.goOnline(true);
  await stage.clock.advance(40);
  assertEquals([stage.instances.sockets.length, stage.states.at(-1)], [2, "live"]);
});

Deno.test("ClientSession gives up in the end when the network does not come back, and says so", async () => {
  await using stage = new Stage({ limits: { resumeMs: 8_000 } });
  await stage.live(["es"]);
  stage.network.online = false;
  stage.instances.cut();
  await stage.clock.advance(7_900);
  assertEquals(stage.states.at(-1), "reconnecting");
  await stage.clock.advance(200);
  const last = stage.events.at(-1);
  assert(last?.type === "state" && last.state === "ended");
  assertEquals(
    last.error?.message,
    "Cannot resume the session within 8000 ms: the connection was cut (1006)",
  );
  assertEquals(stage.instances.sockets.length, 1);
});

Deno.test("ClientSession does not take a socket for dead that has survived a sleep", async () => {
  // Timers that were frozen fire first; what came in meanwhile is read afterwards.
  const frozen = { since: 0, nowMs: () => 0 };
  await using stage = new Stage();
  const { clock } = stage;
  frozen.nowMs = () => clock.now() + frozen.since;
  const session = await stage.live(["es"], {
    clock: { now: () => frozen.nowMs(), sleep: (ms, signal) => clock.sleep(ms, signal) },
  });
  await stage.speak(session, 300);
  frozen.since = 60_000;
  await stage.speak(session, 3_000);
  assertEquals(stage.states, ["connecting", "live"]);
  stage.instances.stall();
  frozen.since = 120_000;
  await stage.clock.advance(1_300);
  assertEquals(stage.states.slice(-2), ["reconnecting", "live"], "a dead one is found out within a second");
});

Deno.test("ClientSession looks at its socket when the page comes back", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es"]);
  await stage.speak(session, 300);
  await stage.news();
  await stage.speak(session, 2_000);
  assertEquals(stage.states, ["connecting", "live"]);
  stage.instances.stall();
  await stage.news();
  await stage.news();
  await stage.clock.advance(1_300);
  assertEquals(stage.states.slice(-2), ["reconnecting", "live"]);
});

Deno.test("ClientSession that was taken over by another tab ends, and does not fight for it", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es"]);
  const { session: id, token } = session.ready;
  const other = stage.instances.connect("ws://service/v1/stream", ["parley.v1"]);
  other.addEventListener(
    "open",
    () => other.send(JSON.stringify({ type: "resume", session: id, token, received: 0 })),
  );
  await stage.clock.advance(5_000);
  const last = stage.events.at(-1);
  assert(last?.type === "state" && last.state === "ended");
  assertEquals(last.error?.code, CloseCode.superseded);
  assertEquals(stage.instances.sockets.length, 2);
  other.close(1000);
  await stage.clock.advance(100);
});

Deno.test("ClientSession resumes while its old socket is half open, and again when the token was lost in the cut", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es"]);
  await stage.speak(session, 300);
  stage.instances.stall();
  await stage.speak(session, 4_700);
  while (!stage.instances.sockets[1]?.sent.length) await stage.clock.advance(1);
  // `resume` arrives after 5 ms; `resumed` is under way then.
  await stage.clock.advance(7);
  stage.instances.cut();
  await stage.speak(session, 3_000);
  assertEquals(stage.states, ["connecting", "live", "reconnecting", "live"]);
  const { segments, speech, totals } = await stage.end(session);
  assertEquals([segments.length, speech[1]?.length, totals?.sourceMs], [2, 2, 8_000]);
});

Deno.test("ClientSession waits for as long as a service asks that has no room", async () => {
  await using stage = new Stage();
  const session = await stage.live(["es"]);
  stage.instances.all[1]!.registry.drain(0);
  stage.instances.current = 1;
  stage.instances.cut();
  await stage.speak(session, 900);
  assertEquals(stage.instances.sockets.length, 3, "asked to resume, then to go on");
  await stage.speak(session, 1_500);
  stage.instances.current = 0;
  await stage.speak(session, 5_000);
  assertEquals(stage.states, ["connecting", "live", "reconnecting", "live"]);
});
