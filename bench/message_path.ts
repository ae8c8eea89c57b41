import { loadConfig } from "../config.ts";
import { BackgroundTasks } from "../flow/background_tasks.ts";
import { systemClock } from "../flow/clock.ts";
import { encodePcm } from "../protocol/codec.ts";
import { serveConnection } from "../sessions/connection.ts";
import { defaultLimits } from "../sessions/limits.ts";
import type { MessageSocket } from "../sessions/message_socket.ts";
import { Registry } from "../sessions/registry.ts";
import { createLogging } from "../telemetry/log.ts";
import { createTelemetry } from "../telemetry/telemetry.ts";
import { readProcess } from "./load/process_meter.ts";
import { lecture, speechMessages } from "./load/speech.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const rate = 16_000;
const speakers = 50;
const warmUpSeconds = 5;
const seconds = 10;
const rounds = 5;
const acknowledgeEveryMs = 200;
const windowBytes = 1_000_000;

/** What a message costs from the socket's handler through the whole service to what is handed to the socket, without the sockets themselves. */
export async function messagePath(_signal: AbortSignal): Promise<Report> {
  const rows = [];
  for (const speech of ["speech", "silence"] as const) {
    for (const messageMs of [20, 60]) {
      const { cpuUs, outPerSecond } = await measurePath(messageMs, speech === "silence");
      const perSession = percentile(cpuUs, 0.5) / messageMs / 10;
      rows.push([
        `${speech}, ${messageMs} ms`,
        percentile(cpuUs, 0.5),
        Math.min(...cpuUs),
        Math.max(...cpuUs),
        perSession.toFixed(3),
        outPerSecond,
      ]);
    }
  }
  return {
    profile:
      `${speakers} sessions on sockets in memory, simulated engines without latency within the process, behind the composition that a service has (deadlines, breakers, ` +
      `retries, caches, metrics); speech as in the load; one turn of the event loop for each message of all of them; CPU time of the process, writing the messages included, median of ` +
      `${rounds} rounds of ${seconds} s of speech`,
    tables: [{
      headings: [
        "messages",
        "µs CPU per message in, median",
        "least",
        "most",
        "% of a core per session",
        "messages out /s",
      ],
      rows,
    }],
  };
}

async function measurePath(
  messageMs: number,
  silent: boolean,
): Promise<{ cpuUs: number[]; outPerSecond: number }> {
  const background = new BackgroundTasks({ clock: systemClock });
  const telemetry = createTelemetry({
    clock: systemClock,
    log: createLogging({ level: "error" })("bench"),
    engines: () => ({ stt: engines.recognizer, mt: engines.translator, tts: engines.synthesizer }),
  });
  const engines = loadConfig({
    PARLEY_STT: "simulated",
    PARLEY_MT: "simulated",
    PARLEY_TTS: "simulated",
    PARLEY_SIMULATOR_PROFILE: "instant",
  }).createEngines({ clock: systemClock, background, observe: telemetry.engines });
  await using _recognizer = engines.recognizer;
  await using _translator = engines.translator;
  await using _synthesizer = engines.synthesizer;
  await using registry = new Registry({
    services: { ...engines, clock: systemClock },
    limits: defaultLimits,
    onFault: (error) => console.error(error),
    observer: telemetry.sessions,
  });
  const messages = silent
    ? [new Int16Array(rate * messageMs / 1000)]
    : speechMessages(lecture, rate, messageMs);
  const crowd = await Promise.all(Array.from({ length: speakers }, () => speaker(registry, messages)));
  const speak = async (seconds: number) => {
    const count = seconds * 1000 / messageMs;
    for (let message = 0; message < count; message++) {
      const acknowledge = message % Math.round(acknowledgeEveryMs / messageMs) === 0;
      for (const { say } of crowd) say(acknowledge);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return count * speakers;
  };
  await speak(warmUpSeconds);
  const cpuUs: number[] = [];
  const heardBefore = crowd.reduce((sum, { heard }) => sum + heard(), 0);
  for (let round = 0; round < rounds; round++) {
    const before = readProcess(Deno.pid).cpuMs;
    const said = await speak(seconds);
    cpuUs.push(1000 * (readProcess(Deno.pid).cpuMs - before) / said);
  }
  const heard = crowd.reduce((sum, { heard }) => sum + heard(), 0) - heardBefore;
  return { cpuUs, outPerSecond: heard / speakers / (rounds * seconds) };
}

/** A client without a socket that says the messages over and over. */
async function speaker(registry: Registry, messages: readonly Int16Array[]) {
  const ready = Promise.withResolvers<void>();
  let received = 0;
  let heard = 0;
  const socket: MessageSocket = {
    waitingBytes: 0,
    send(message) {
      heard += 1;
      if (typeof message !== "string" || message.includes('"seq":')) received += 1;
      else if (message.startsWith('{"type":"ready"')) ready.resolve();
    },
    close(code) {
      handler.closed(code);
    },
  };
  const handler = serveConnection(socket, registry);
  const acknowledge = () => handler.message(JSON.stringify({ type: "ack", received, window: windowBytes }));
  const input = { codec: "pcm_s16le", rate };
  handler.message(JSON.stringify({ type: "start", source: "en", targets: ["es"], input }));
  await ready.promise;
  acknowledge();
  let seq = 0;
  let position = 0;
  let next = Math.floor(Math.random() * messages.length);
  return {
    heard: () => heard,
    say(alsoAcknowledge: boolean) {
      const samples = messages[next]!;
      next = (next + 1) % messages.length;
      seq += 1;
      handler.message(encodePcm({ lane: 0, seq, position, flags: 0 }, samples).buffer);
      position += samples.length;
      if (alsoAcknowledge) acknowledge();
    },
  };
}
