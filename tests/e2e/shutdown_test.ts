import { assert, assertEquals } from "@std/assert";
import { Tone } from "../../adapters/fake/tone.ts";
import type { ClientEvent } from "../../client/event.ts";
import { connect as open } from "../../client/session.ts";
import type { Connect } from "../../client/socket.ts";
import { wsConnect } from "../../cli/socket.ts";
import { systemClock } from "../../flow/clock.ts";
import { RunningCommand } from "../support/command.ts";

/** What a platform gives a process between the signal and the end. */
const platformMs = 5000;
const rate = 16_000;

/** The service on simulated engines in a process of its own, once it listens. */
async function startService(): Promise<{ service: RunningCommand; url: string }> {
  const service = new RunningCommand("main.ts", [], {
    env: { PARLEY_PORT: "0", PARLEY_STT: "simulated", PARLEY_MT: "simulated", PARLEY_TTS: "simulated" },
  });
  const { signal } = new AbortController();
  for (let attempt = 0; attempt < 300; attempt++) {
    const url = /"url":"(http:[^"]+)"/.exec(service.stderr)?.[1];
    if (url !== undefined) return { service, url };
    await systemClock.sleep(100, signal);
  }
  service.kill("SIGKILL");
  throw new Error(`The service does not listen: ${(await service.result()).stderr}`);
}

/** Speaks to the service, sends it a signal when the first translated speech comes, and follows the session to its close. */
async function speakUntilGone(
  { service, url }: { service: RunningCommand; url: string },
): Promise<{ readonly events: readonly ClientEvent[]; readonly code: number; readonly signalledMs: number }> {
  const closed = Promise.withResolvers<number>();
  const connect: Connect = (url, protocols) => {
    const socket = wsConnect(url, protocols);
    socket.addEventListener("close", ({ code }) => closed.resolve(code));
    return socket;
  };
  const stop = new AbortController();
  await using session = await open({
    url: `${url}/v1/stream`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate } },
    connect,
    signal: stop.signal,
  });
  const events: ClientEvent[] = [];
  let signalledMs: number | undefined;
  const reading = (async () => {
    for await (const event of session.events) {
      events.push(event);
      if (event.type !== "audio" || signalledMs !== undefined) continue;
      signalledMs = systemClock.now();
      service.kill("SIGTERM");
    }
  })().catch(() => {});
  const speaking = (async () => {
    const sound = new Tone(300, rate).samples(0, rate / 10);
    while (true) {
      if (!session.push(sound)) session.skip(sound.length);
      await systemClock.sleep(100, stop.signal);
    }
  })().catch(() => {});
  const code = await closed.promise;
  stop.abort(new DOMException("The service is gone", "AbortError"));
  await Promise.all([reading, speaking]);
  return { events, code, signalledMs: signalledMs! };
}

Deno.test("The service lets the spoken segment end on SIGTERM, sends its clients elsewhere, and ends with 0 within 5 s", async () => {
  const running = await startService();
  const { events, code, signalledMs } = await speakUntilGone(running);
  const { code: exitCode, stderr } = await running.service.result();
  const tookMs = systemClock.now() - signalledMs;
  assertEquals(code, 4503);
  assertEquals(exitCode, 0, stderr);
  assert(tookMs < platformMs, `ended after ${tookMs} ms`);
  const goaway = events.findIndex(({ type }) => type === "goaway");
  assert(goaway >= 0, "the client was told");
  const audio = events.slice(goaway).filter((event) => event.type === "audio");
  assertEquals(audio.filter(({ start }) => start).length, 0, "no segment begins after that");
  const spoken = events.filter((event) => event.type === "audio");
  assertEquals(spoken.filter(({ end }) => end).length, spoken.filter(({ start }) => start).length);
  const log = stderr.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(log.filter(({ level }) => level !== "info"), []);
  assertEquals(log.at(-1)?.event, "gone");
});

Deno.test("The service ends at once on SIGINT when nobody is there", async () => {
  const { service } = await startService();
  const startMs = systemClock.now();
  service.kill("SIGINT");
  const { code } = await service.result();
  const tookMs = systemClock.now() - startMs;
  assertEquals(code, 0);
  assert(tookMs < 3000, `ended after ${tookMs} ms`);
});
