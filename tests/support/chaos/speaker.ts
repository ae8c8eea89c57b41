import type { Random } from "../../../adapters/fake/random.ts";
import { Tone } from "../../../adapters/fake/tone.ts";
import { lengthen } from "../../../adapters/fake/vocabulary.ts";
import { SessionError } from "../../../client/error.ts";
import { type ClientSession, connect } from "../../../client/session.ts";
import type { ClientEvent } from "../../../client/event.ts";
import type { Clock } from "../../../flow/clock.ts";
import { together } from "../../../flow/together.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import type { Registry } from "../../../sessions/registry.ts";
import { MemoryNetwork } from "../memory_network.ts";
import { Auditor, type Outcome } from "./auditor.ts";

/** What one session came to. */
export interface SessionReport {
  /** How it ended: in order, left by its client, or with an error of this close code. */
  readonly end: string;
  readonly sourceMs: number;
  readonly segments: number;
  readonly resumes: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** What must not have been. */
  readonly violations: readonly string[];
  /** The last of what the client was told, for whoever looks into a violation. */
  readonly trace: readonly string[];
}

/** What a speaker speaks to. */
export interface SpeakerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly random: Random;
}

const languages = ["es", "de", "fr", "it"] as const;
/** A segment that comes to nothing for so long is given up by its listener, in ms. */
const patienceMs = 6_000;
/** A session that does not end for so long after its end was asked for is left. */
const farewellMs = 240_000;
const traceLength = 60;

/**
 * One session of a speaker who talks, pauses, changes the languages, cancels, mutes, loses the connection in all sorts of ways and in the end leaves in
 * order or not.
 */
export async function speakSession({ registry, clock, random }: SpeakerParts): Promise<SessionReport> {
  const rate = random.pick([8000, 16_000]);
  const messageMs = random.pick([20, 60, 100, 100, 200, 200]);
  const lengthMs = random.between(5_000, 180_000);
  const network = new MemoryNetwork(clock, (end) => {
    const handler = serveConnection({ send: end.send, close: end.close, waitingBytes: 0 }, registry);
    return { message: (data) => handler.message(data), closed: (code) => handler.closed(code) };
  });
  network.latencyMs = random.pick([1, 5, 40, 150]);
  const stop = new AbortController();
  const chance = random.fork();
  let session: ClientSession;
  try {
    session = await connect({
      url: "ws://service/v1/stream",
      start: { source: "en", targets: drawTargets(random), input: { codec: "pcm_s16le", rate } },
      connect: network.connect,
      clock,
      random: () => chance.next(),
      messageMs,
      signal: stop.signal,
    });
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return {
      end: `refused ${error.code}`,
      sourceMs: 0,
      segments: 0,
      resumes: 0,
      counts: { spoken: 0, failed: 0, skipped: 0, cancelled: 0 },
      violations: [],
      trace: [],
    };
  }
  const auditor = new Auditor(session.lanes, lengthen);
  const trace: string[] = [];
  const note = (what: string) => {
    trace.push(`${Math.round(clock.now())} ${what}`);
    if (trace.length > traceLength) trace.shift();
  };
  let end = "left";
  try {
    await together(
      stop.signal,
      (signal) => listen({ session, auditor, clock, random: random.fork(), note }, signal),
      async (signal) => {
        await talk({ session, clock, random: random.fork(), rate, messageMs, lengthMs }, signal);
        const farewell = new AbortController();
        const late = clock.sleep(farewellMs, farewell.signal).then(
          () => stop.abort(new Left("stuck")),
          () => {},
        );
        try {
          if (random.chance(0.15)) stop.abort(new Left("left"));
          else await session.end(signal);
        } finally {
          farewell.abort();
          await late;
        }
        end = "ended";
        throw new Left("ended");
      },
      (signal) => disturb({ session, network, auditor, clock, random: random.fork(), note }, signal),
    );
  } catch (error) {
    end = reasonOf(error, session);
  }
  if (end === "stuck") {
    const open = auditor.unfinished().map(({ lane, segment }) => `${segment} in lane ${lane}`).join(", ");
    auditor.violations.push(
      `the session did not end within ${farewellMs} ms; unfinished segments: ${open || "none"}`,
    );
  }
  network.answer = { protocol: "parley.v1" };
  await session[Symbol.asyncDispose]();
  return {
    end,
    sourceMs: session.position * 1000 / rate,
    segments: auditor.segments,
    resumes: network.sockets.length - 1,
    counts: auditor.counts,
    violations: auditor.violations,
    trace,
  };
}

/** Why a session is over, other than by its own failure. */
class Left extends Error {}

function reasonOf(error: unknown, session: ClientSession): string {
  if (error instanceof Left) return error.message;
  if (error instanceof SessionError) return `error ${error.message}`;
  // What a call after the end of the session throws says nothing: the session itself knows.
  if (error instanceof TypeError && !session.live) return "ended";
  throw error;
}

async function listen(
  { session, auditor, clock, random, note }: {
    session: ClientSession;
    auditor: Auditor;
    clock: Clock;
    random: Random;
    note: (what: string) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const slow = random.chance(0.2);
  for await (const event of session.events) {
    note(describe(event));
    auditor.take(event);
    if (event.type === "state" && event.state === "ended") {
      if (event.error) throw event.error;
      return;
    }
    if (slow && random.chance(0.01)) await clock.sleep(random.between(10, 2000), signal);
  }
}

async function talk(
  { session, clock, random, rate, messageMs, lengthMs }: {
    session: ClientSession;
    clock: Clock;
    random: Random;
    rate: number;
    messageMs: number;
    lengthMs: number;
  },
  signal: AbortSignal,
): Promise<void> {
  const samples = rate * messageMs / 1000;
  const sound = new Tone(200, rate).samples(0, samples);
  const silence = new Int16Array(samples);
  const startMs = clock.now();
  let sentMs = 0;
  while (sentMs < lengthMs) {
    const speaking = drawSpan(random, [600, 9_000]);
    const pausing = random.chance(0.03) ? drawSpan(random, [20_000, 40_000]) : drawSpan(random, [100, 2_500]);
    for (const [piece, spanMs] of [[sound, speaking], [silence, pausing]] as const) {
      for (let passedMs = 0; passedMs < spanMs; passedMs += messageMs) {
        sentMs += messageMs;
        const waitMs = startMs + sentMs - clock.now();
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        // A microphone cannot wait: what does not fit is left out.
        if (!session.push(piece)) session.skip(piece.length);
      }
    }
    if (random.chance(0.05)) session.skip(random.whole(1, rate));
    if (random.chance(0.05)) session.flush();
  }
}

async function disturb(
  { session, network, auditor, clock, random, note }: {
    session: ClientSession;
    network: MemoryNetwork;
    auditor: Auditor;
    clock: Clock;
    random: Random;
    note: (what: string) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const wild = random.chance(0.7);
  const since = new Map<string, number>();
  let outageEndsMs = Infinity;
  while (true) {
    await clock.sleep(random.between(200, wild ? 4_000 : 10_000), signal);
    if (clock.now() >= outageEndsMs) {
      network.answer = { protocol: "parley.v1" };
      outageEndsMs = Infinity;
    }
    giveUp(session, auditor, since, clock.now(), note);
    if (!wild) continue;
    const act = random.pick(acts);
    switch (act) {
      case "cut":
        network.last.cut();
        break;
      case "stall":
        network.last.stall();
        break;
      case "outage":
        network.answer = random.chance(0.5) ? "silence" : { code: random.pick([0, 1006, 1013]) };
        outageEndsMs = clock.now() + random.between(500, 9_000);
        network.last.cut();
        break;
      case "latency":
        network.latencyMs = random.pick([1, 5, 40, 150]);
        break;
      case "flush":
        call(session, () => session.flush());
        break;
      case "targets":
        call(session, () => session.setTargets(drawTargets(random)));
        break;
      case "mute":
      case "cancel": {
        const lanes = session.lanes.filter(({ lane }) => lane > 0);
        const { lane } = lanes[random.whole(0, lanes.length - 1)]!;
        const through = Math.max(1, auditor.segments + random.whole(-3, 1));
        const muted = random.chance(0.5);
        call(session, () => act === "mute" ? session.mute(lane, muted) : session.cancel(lane, through));
        break;
      }
    }
    note(`! ${act}`);
  }
}

const acts = [
  "cut",
  "cut",
  "stall",
  "outage",
  "latency",
  "flush",
  "targets",
  "mute",
  "mute",
  "cancel",
  "cancel",
] as const;

/** Cancels what has been on its way for too long, as a listener would. */
function giveUp(
  session: ClientSession,
  auditor: Auditor,
  since: Map<string, number>,
  nowMs: number,
  note: (what: string) => void,
): void {
  const open = new Set<string>();
  for (const { lane, segment } of auditor.unfinished()) {
    const key = `${lane}/${segment}`;
    open.add(key);
    const sinceMs = since.get(key) ?? nowMs;
    since.set(key, sinceMs);
    if (nowMs - sinceMs < patienceMs || !session.lanes.some((one) => one.lane === lane)) continue;
    note(`! give up lane ${lane} segment ${segment}`);
    call(session, () => session.cancel(lane, segment));
    since.set(key, nowMs);
  }
  for (const key of since.keys()) if (!open.has(key)) since.delete(key);
}

/** Calls that come after the end of the session, or of its input, are refused: the speaker has not noticed yet. */
function call(session: ClientSession, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (session.live && !(error instanceof TypeError)) throw error;
  }
}

function drawTargets(random: Random): string[] {
  const targets = languages.filter(() => random.chance(0.4));
  return targets.length > 0 ? targets : [random.pick(languages)];
}

function drawSpan(random: Random, [min, max]: readonly [number, number]): number {
  return random.between(min, max);
}

function describe(event: ClientEvent): string {
  switch (event.type) {
    case "audio": {
      const flags = `${event.start ? " start" : ""}${event.end ? " end" : ""}${event.jump ? " jump" : ""}`;
      return `audio lane ${event.lane} at ${event.position} segment ${event.timing?.segment ?? "-"}${flags}`;
    }
    case "caption":
      return `caption lane ${event.lane} segment ${event.segment} revision ${event.revision}${
        event.final ? " final" : ""
      }`;
    case "segment":
      return `segment ${event.segment}`;
    case "state":
      return `state ${event.state}`;
    case "lanes":
      return `lanes ${event.lanes.map(({ lane }) => lane).join(" ")}`;
    default:
      return JSON.stringify(event);
  }
}
