import { assert, assertEquals } from "@std/assert";
import { Random } from "../../adapters/fake/random.ts";
import { type ScriptedUtterance, utterance } from "../../adapters/fake/script.ts";
import type { ClientEvent } from "../../client/event.ts";
import { connect } from "../../client/session.ts";
import { FakeClock } from "./fake_clock.ts";
import { Instances } from "./instances.ts";
import { type ToldTalk, toldTalk } from "./told_talk.ts";

const rate = 8_000;
const pushMs = 60;
/** Samples that tell their place: a ramp that begins again after so many, and goes on for one more push. */
const rampSamples = 30_000;
const ramp = Int16Array.from(
  { length: rampSamples + pushMs * rate / 1000 },
  (_, index) => index % rampSamples,
);
/** How long the last clause takes to be spoken, with the worst of what was cut before. */
const patienceMs = 60_000;

/** What happens to the connection. */
export interface Cut {
  readonly atMs: number;
  /** How long no socket can be opened. */
  readonly forMs: number;
  /** `stall`: nobody hears of it. `leave`: the instance leaves in order. */
  readonly how: "cut" | "stall" | "leave";
  /** Which instance answers afterwards. */
  readonly instance: number;
}

/** How a talk went. */
export interface CutTalk extends ToldTalk {
  /** The states that were told. */
  readonly states: readonly string[];
  /** How many sessions the instances were asked to continue. */
  readonly continued: number;
  /** How much recognizers heard that another one had heard before, in ms. */
  readonly heardAgainMs: number;
}

/** Random cuts of up to 10 s, a few seconds apart, at the same and at other instances. */
export function randomCuts(random: Random, count: number): readonly Cut[] {
  const cuts: Cut[] = [];
  let atMs = random.whole(100, 4_000);
  for (let index = 0; index < count; index++) {
    const forMs = random.chance(0.3) ? random.whole(0, 300) : random.whole(0, 10_000);
    const how = random.pick(["cut", "cut", "stall", "leave"] as const);
    cuts.push({ atMs, forMs, how, instance: random.whole(0, 2) });
    atMs += forMs + random.whole(3_000, 12_000);
  }
  return cuts;
}

/** A talk of about so many ms: utterances of 2 to 14 words with pauses between them. */
export function randomScript(random: Random, lengthMs: number): readonly ScriptedUtterance[] {
  const script: ScriptedUtterance[] = [];
  for (let atMs = random.whole(200, 1_500); atMs < lengthMs - 6_000;) {
    const words = Array.from({ length: random.whole(2, 14) }, () => random.pick(vocabulary));
    script.push(utterance(words.join(" "), atMs, 250));
    atMs += 250 * words.length + random.whole(700, 2_500);
  }
  return script;
}

const vocabulary = [
  "house",
  "near",
  "sea",
  "the",
  "we",
  "go",
  "home",
  "old",
  "again",
  "today,",
  "stone.",
  "and",
] as const;

/**
 * Speaks a talk in two target languages, the second of which takes twice as long, while the connection is cut, on media time; checks that every sample was
 * heard, and that what was told is consistent.
 */
export async function cutTalk(
  script: readonly ScriptedUtterance[],
  lengthMs: number,
  cuts: readonly Cut[],
  { latencyMs = 20, random = new Random(1) } = {},
): Promise<CutTalk> {
  const clock = new FakeClock();
  const samples = lengthMs * rate / 1000;
  const heard = new Uint8Array(samples);
  let heardAgain = 0;
  await using instances = new Instances(3, latencyMs, {
    clock,
    script,
    steadyVoices: true,
    stt: { interimEveryMs: 200 },
    mt: { translate: (text, { target }) => target === "fr" ? `${text} ${text}` : text, delayMs: 40 },
    tts: { msPerCharacter: 14, realTimeFactor: 0.5, formats: [{ codec: "pcm_s16le", rate: 8_000 }] },
    onFrame({ position, samples }) {
      for (let index = 0; index < samples.length; index++) {
        if (samples[index] !== (position + index) % rampSamples) {
          throw new Error("Another sample was heard than was said");
        }
        heardAgain += heard[position + index]!;
        heard[position + index] = 1;
      }
    },
  });
  const abort = new AbortController();
  const connecting = connect({
    url: "http://service/v1/stream",
    start: { source: "en", targets: ["es", "fr"], input: { codec: "pcm_s16le", rate } },
    connect: instances.connect,
    clock,
    random: () => random.next(),
    signal: abort.signal,
  });
  await clock.advance(10 * latencyMs + 10);
  const session = await connecting;
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of session.events) events.push(event);
  })();
  const startMs = clock.now();
  const happen = async (fromMs: number) => {
    const cut = cuts.find(({ atMs }) => atMs >= fromMs && atMs < fromMs + pushMs);
    if (!cut) return;
    if (cut.how === "leave") instances.leave(2_000);
    else instances[cut.how]();
    instances.current = cut.instance;
    instances.refusing = true;
    clock.sleep(cut.forMs, abort.signal).then(() => instances.refusing = false, () => {});
    await clock.advance(0);
  };
  for (let at = 0; at < samples; at += pushMs * rate / 1000) {
    const length = Math.min(pushMs * rate / 1000, samples - at);
    const piece = ramp.subarray(at % rampSamples, at % rampSamples + length);
    assert(session.push(piece), `there is room at ${at}`);
    await happen(at * 1000 / rate);
    await clock.advance(Math.max(0, startMs + (at + piece.length) * 1000 / rate - clock.now()));
  }
  let totals: unknown;
  const ending = session.end().then((value) => totals = value);
  for (let waitedMs = 0; !totals && waitedMs < patienceMs; waitedMs += 1_000) await clock.advance(1_000);
  await ending;
  await reading;
  abort.abort();
  await clock.advance(3_000);
  assertEquals(heard.indexOf(0), -1, "every sample was heard");
  assertEquals(instances.faults, []);
  return {
    ...toldTalk(events),
    states: events.flatMap((event) => event.type === "state" ? [event.state] : []),
    continued:
      instances.sockets.filter(({ sent }) => typeof sent[0] === "string" && sent[0].includes('"continues"'))
        .length,
    heardAgainMs: heardAgain * 1000 / rate,
  };
}
