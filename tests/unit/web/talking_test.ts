import { assertEquals } from "@std/assert";
import type { InterpretEvent, InterpretOptions, InterpretSession } from "../../../client/mod.ts";
import { Queue } from "../../../flow/queue.ts";
import type { PhaseEvent } from "../../../web/phase.ts";
import type { TalkRecord } from "../../../web/talk_record.ts";
import { Talking, type TalkOptions } from "../../../web/talking.ts";
import { TroubleError } from "../../../web/trouble_of.ts";

const lanes = [
  { lane: 0, language: "en", codec: "pcm_s16le", rate: 16_000 },
  { lane: 1, language: "es", codec: "pcm_s16le", rate: 22_050 },
] as const;

const speak: TalkOptions = {
  source: "en",
  target: "es",
  from: "microphone",
  asks: false,
  deviceId: "",
  voice: true,
};

/** A session whose events the test gives, and that notes what is asked of it. */
function scriptedSession() {
  const feed = new Queue<InterpretEvent>({ limit: 100 });
  const asked: string[] = [];
  const session = {
    ready: { engines: { stt: "a", mt: "b", tts: "c" } },
    lanes,
    sourceRate: 16_000,
    sourcePosition: 32_000,
    volume: 1,
    events: feed.items(new AbortController().signal),
    mute: (muted: boolean) => void asked.push(`mute ${muted}`),
    listen: (lane: number) => void asked.push(`listen ${lane}`),
    setTargets: (targets: readonly string[]) => void asked.push(`targets ${targets}`),
    useMicrophone: (id?: string) => id === "broken" ? Promise.reject(new Error("x")) : Promise.resolve(),
    end: () => {
      asked.push("end");
      return Promise.resolve();
    },
    close: () => {
      asked.push("close");
      return Promise.resolve();
    },
  };
  return { feed, asked, session: session as unknown as InterpretSession };
}

function talkWith(interpret: (options: InterpretOptions) => Promise<InterpretSession>) {
  const phases: PhaseEvent[] = [];
  const records: TalkRecord[] = [];
  const devices: string[] = [];
  const talking = new Talking(interpret, {
    phase: (event) => phases.push(event),
    begun: (record) => records.push(record),
    changed: () => {},
    level: () => {},
    device: (deviceId) => devices.push(deviceId),
    blocked: () => {},
  });
  return { talking, records, devices, types: () => phases.map(({ type }) => type), phases };
}

/** Lets everything go on that waits for nothing. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

Deno.test("Talking.begin() follows a talk from its start to its end", async () => {
  const { feed, asked, session } = scriptedSession();
  const { talking, records, types } = talkWith(() => Promise.resolve(session));
  const done = talking.begin(speak);
  await settle();
  assertEquals(talking.takenMs, 2_000);
  feed.push({ type: "state", state: "reconnecting" });
  feed.push({ type: "state", state: "live" });
  feed.push({
    type: "segment",
    seq: 1,
    segment: 1,
    utterance: 1,
    start: 0,
    end: 16_000,
    text: "one",
    language: "en",
  });
  feed.push({ type: "state", state: "ended" });
  feed.close();
  await done;
  assertEquals(types(), ["start", "connected", "cut", "connected", "over"]);
  assertEquals(records[0]?.captions.clause(1)?.source.stable, "one");
  assertEquals(asked, ["close"]);
  assertEquals(talking.takenMs, undefined);
});

Deno.test("Talking.begin() interprets the rest when the recording has been sent, and stops at once when asked then", async () => {
  const { feed, asked, session } = scriptedSession();
  const { talking, types } = talkWith(({ signal }) => {
    signal!.addEventListener("abort", () => feed.fail(signal!.reason));
    return Promise.resolve(session);
  });
  const done = talking.begin({ ...speak, from: "file", recording: () => Promise.resolve(new Blob()) });
  await settle();
  feed.push({ type: "source_ended" });
  await settle();
  assertEquals(types(), ["start", "connected", "stop"]);
  talking.stop();
  await done;
  assertEquals(types(), ["start", "connected", "stop", "stop", "over"]);
  assertEquals(asked, ["close"]);
});

Deno.test("Talking.begin() tells why it could not begin, and can begin again", async () => {
  let attempts = 0;
  const { talking, phases, types } = talkWith(() => {
    attempts += 1;
    return Promise.reject(Object.assign(new Error("x"), { code: "permission_denied" }));
  });
  await talking.begin(speak);
  await talking.begin(speak);
  assertEquals(attempts, 2);
  assertEquals(types(), ["start", "trouble", "start", "trouble"]);
  assertEquals(phases.at(-1), { type: "trouble", trouble: { kind: "denied" } });
});

Deno.test("Talking.begin() does not ask the service when there is no recording", async () => {
  const { talking, phases } = talkWith(() => Promise.reject(new Error("not to be called")));
  const recording = () => Promise.reject(new TroubleError("no_sample"));
  await talking.begin({ ...speak, from: "sample", recording });
  assertEquals(phases.at(-1), { type: "trouble", trouble: { kind: "no_sample" } });
});

Deno.test("Talking.stop() gives up a connection that is being made", async () => {
  const { talking, types } = talkWith(({ signal }) =>
    new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)))
  );
  const done = talking.begin(speak);
  await settle();
  talking.stop();
  await done;
  assertEquals(types(), ["start", "stop", "over"]);
});

Deno.test("Talking.stop() ends in order at first, and at once when asked again", async () => {
  const { feed, asked, session } = scriptedSession();
  const { talking, types } = talkWith(({ signal }) => {
    signal!.addEventListener("abort", () => feed.fail(signal!.reason));
    return Promise.resolve(session);
  });
  const done = talking.begin(speak);
  await settle();
  talking.stop();
  assertEquals(asked, ["end"]);
  talking.stop();
  await done;
  assertEquals(types(), ["start", "connected", "stop", "stop", "over"]);
});

Deno.test("Talking.setVoice() and setTarget() reach the session while it takes anything", async () => {
  const { feed, asked, session } = scriptedSession();
  const { talking } = talkWith(() => Promise.resolve(session));
  talking.setVoice(false);
  const done = talking.begin({ ...speak, voice: false });
  await settle();
  talking.setTarget("ca");
  feed.push({ type: "lanes", lanes: [lanes[0], { ...lanes[1], lane: 2, language: "ca" }] });
  await settle();
  assertEquals(asked, ["mute true", "targets ca", "listen 2"]);
  talking.stop();
  talking.setTarget("es");
  talking.setVoice(true);
  assertEquals([asked.at(-1), session.volume], ["end", 1]);
  feed.close();
  await done;
});

Deno.test("Talking.useMicrophone() says which microphone stays when another one fails", async () => {
  const { feed, session } = scriptedSession();
  const { talking, devices } = talkWith(() => Promise.resolve(session));
  const done = talking.begin(speak);
  feed.push({ type: "device", deviceId: "first", label: "x", reason: "opened" });
  await settle();
  await talking.useMicrophone("second");
  await talking.useMicrophone("broken");
  assertEquals(devices, ["first", "first"]);
  feed.close();
  await done;
});

Deno.test("Talking.begin() ends what is left of a talk that failed", async () => {
  const { feed, session } = scriptedSession();
  const { talking, types } = talkWith(({ signal }) => {
    signal!.addEventListener("abort", () => feed.fail(signal!.reason));
    return feed.closed ? Promise.reject(new Error("x")) : Promise.resolve(session);
  });
  const first = talking.begin(speak);
  feed.push({ type: "error", code: "no_microphone", message: "x", fatal: true });
  await settle();
  await talking.begin(speak);
  await first;
  assertEquals(types(), ["start", "connected", "trouble", "over", "start", "trouble"]);
});

Deno.test("Talking tells of a cut, and not of a move that was announced", async () => {
  const { feed, session } = scriptedSession();
  const { talking, types } = talkWith(() => Promise.resolve(session));
  const done = talking.begin(speak);
  await settle();
  const states = (...states: readonly ("live" | "reconnecting")[]) => {
    for (const state of states) feed.push({ type: "state", state });
  };
  feed.push({ type: "goaway", deadlineMs: 1_000 });
  states("reconnecting", "live", "reconnecting", "live");
  feed.push({ type: "goaway", deadlineMs: 1_000 });
  states("reconnecting");
  feed.close();
  await done;
  assertEquals(types(), ["start", "connected", "connected", "cut", "connected", "over"]);
});
