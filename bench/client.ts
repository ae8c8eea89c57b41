import { Random } from "../adapters/fake/random.ts";
import { utterance } from "../adapters/fake/script.ts";
import { wsConnect } from "../cli/socket.ts";
import type { ClientEvent } from "../client/event.ts";
import { connect } from "../client/session.ts";
import { systemClock } from "../flow/clock.ts";
import { cutTalk, randomCuts, randomScript } from "../tests/support/cut_talk.ts";
import { cuttingProxy } from "../tests/support/cutting_proxy.ts";
import { liveService } from "../tests/support/live_service.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const rate = 16_000;
const pieceMs = 20;
const words = 120;
const wordMs = 310;
const resumes = 60;
const talks = 50;
const cutsEach = 20;

/** What the client adds: to a first caption, to a cut, and what it loses in a thousand of them. */
export async function clientTimes(signal: AbortSignal): Promise<Report> {
  const captions = await captionDelays(signal);
  const cuts = await resumeTimes(signal);
  const { moves, heardAgainMs, talkMs } = await thousandCuts(signal);
  const row = (what: string, values: readonly number[]) => [
    what,
    percentile(values, 0.5),
    percentile(values, 0.95),
    Math.max(...values),
  ];
  return {
    profile:
      `the client on Deno with \`ws\` sockets on loopback, the service in the same process, scripted engines that take no time. Captions: ${words} words, PCM pushed in pieces of ` +
      `${pieceMs} ms in real time and sent in messages of 60 ms, from the end of a word to the first caption that has it. Cuts: ${resumes} by a proxy that drops both ends, while audio ` +
      `flows, from the cut to the next live socket, less the round trip that the pings found. Cuts on media time: ${talks} talks in two target languages, ${
        talks * cutsEach
      } cuts, stalls ` +
      "and departures of up to 10 s at random moments, at the same and at two other instances, each talk compared with itself uncut",
    tables: [
      {
        headings: ["ms", "p50", "p95", "max"],
        rows: [
          row("end of a word → its first caption", captions),
          row(
            "cut → live again, less the round trip",
            cuts.map(({ tookMs, roundTripMs }) => tookMs - roundTripMs),
          ),
          row("round trip", cuts.map(({ roundTripMs }) => roundTripMs)),
        ],
      },
      {
        title: "A thousand cuts",
        headings: ["what", "figure"],
        rows: [
          ["cuts", (talks * cutsEach).toFixed(0)],
          ["minutes of speech", (talkMs / 60_000).toFixed(0)],
          ["samples lost, repeated; segments spoken twice, captions or timings that differ", "0"],
          ["times that another instance went on", moves.toFixed(0)],
          ["speech that recognizers heard again, s a move", (heardAgainMs / 1000 / moves).toFixed(1)],
        ],
      },
    ],
    notes: [
      "targets: first caption at most 120 ms at p95; resume at most a round trip and 100 ms; nothing lost or repeated",
    ],
  };
}

/** From the end of each word, as the source's clock tells it, to the first caption that has it. */
async function captionDelays(signal: AbortSignal): Promise<readonly number[]> {
  const text = Array.from({ length: words }, (_, index) => `w${index}`).join(" ");
  await using service = liveService({ script: [utterance(text, 500, wordMs)], stt: { interimEveryMs: 20 } });
  await using session = await connect({
    url: `${service.url}/v1/stream`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate } },
    connect: wsConnect,
    signal,
  });
  const beganMs = performance.now();
  const delays = new Map<string, number>();
  const reading = (async () => {
    for await (const event of session.events) {
      if (event.type !== "caption" || event.lane !== 0) continue;
      const atMs = performance.now() - beganMs;
      for (const word of `${event.stable} ${event.tentative}`.split(" ")) {
        const index = Number(word.slice(1));
        if (word !== "" && !delays.has(word)) delays.set(word, atMs - (500 + wordMs * (index + 1)));
      }
    }
  })();
  await speak(session, beganMs, 500 + wordMs * words + 1_000, signal);
  await session.end();
  await reading;
  return [...delays.values()];
}

async function resumeTimes(signal: AbortSignal): Promise<readonly { tookMs: number; roundTripMs: number }[]> {
  await using service = liveService();
  await using proxy = cuttingProxy({ port: Number(new URL(service.url).port) });
  await using session = await connect({
    url: `${proxy.url}/v1/stream`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate } },
    connect: wsConnect,
    signal,
  });
  const random = new Random(7);
  const took: { tookMs: number; roundTripMs: number }[] = [];
  let cutAtMs = 0;
  let live: (() => void) | undefined;
  const follow = (event: ClientEvent) => {
    if (event.type !== "state" || event.state !== "live" || cutAtMs === 0) return;
    took.push({ tookMs: performance.now() - cutAtMs, roundTripMs: session.serviceClock.roundTripMs ?? 0 });
    live?.();
  };
  const reading = (async () => {
    for await (const event of session.events) follow(event);
  })();
  const over = new AbortController();
  const speaking = speak(session, performance.now(), Infinity, AbortSignal.any([signal, over.signal])).catch(
    () => {},
  );
  for (let cut = 0; cut < resumes; cut++) {
    await systemClock.sleep(random.between(200, 600), signal);
    const back = new Promise<void>((resolve) => live = resolve);
    cutAtMs = performance.now();
    proxy.cut();
    await back;
  }
  over.abort();
  await speaking;
  await session.end();
  await reading;
  return took;
}

/** Pushes silence in real time, until so much was said. */
async function speak(
  session: Awaited<ReturnType<typeof connect>>,
  beganMs: number,
  untilMs: number,
  signal: AbortSignal,
): Promise<void> {
  const piece = new Int16Array(pieceMs * rate / 1000);
  for (let saidMs = pieceMs; saidMs <= untilMs; saidMs += pieceMs) {
    await systemClock.sleep(Math.max(0, beganMs + saidMs - performance.now()), signal);
    session.push(piece);
  }
}

/** @throws {Error} when a talk that was cut differs from the same talk uncut. */
async function thousandCuts(
  signal: AbortSignal,
): Promise<{ moves: number; heardAgainMs: number; talkMs: number }> {
  let moves = 0;
  let heardAgainMs = 0;
  let talkMs = 0;
  for (let seed = 1; seed <= talks; seed++) {
    signal.throwIfAborted();
    const random = new Random(seed);
    const cuts = randomCuts(random, cutsEach);
    const lengthMs = 240 * Math.ceil((cuts.at(-1)!.atMs + cuts.at(-1)!.forMs + 6_000) / 240);
    const script = randomScript(random, lengthMs);
    const { states: _, continued: _never, heardAgainMs: _none, ...whole } = await cutTalk(
      script,
      lengthMs,
      [],
    );
    const latencyMs = random.whole(1, 60);
    const cut = await cutTalk(script, lengthMs, cuts, { latencyMs, random });
    const { states: _states, continued, heardAgainMs: again, ...told } = cut;
    if (JSON.stringify(told) !== JSON.stringify(whole)) {
      throw new Error(`Talk ${seed} is not the same when it is cut`);
    }
    moves += continued;
    heardAgainMs += again;
    talkMs += lengthMs;
  }
  return { moves, heardAgainMs, talkMs };
}
