import { connect } from "../client/session.ts";
import { wsConnect } from "../cli/socket.ts";
import { fakeRecognizer } from "../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../adapters/fake/translator.ts";
import { countingProxy } from "./counting_proxy.ts";
import { serveEngines } from "../tests/support/live_service.ts";
import { table } from "./table.ts";

const rate = 16_000;
const seconds = 60;

/** What PCM costs on the wire beyond its samples, counted by a proxy, and what base64 in JSON would cost. */
export async function wireOverhead(signal: AbortSignal): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const messageMs of [20, 60, 200]) {
    const bytes = await sentBytes(messageMs, signal);
    const payload = seconds * rate * 2;
    const json = JSON.stringify({
      type: "audio",
      data: "A".repeat(Math.ceil(messageMs * rate * 2 / 1000 / 3) * 4),
    });
    const jsonFrame = json.length + 8;
    const legacy = 100 * (jsonFrame / (messageMs * rate * 2 / 1000) - 1);
    rows.push([
      `${messageMs} ms`,
      bytes / seconds,
      `${(100 * (bytes / payload - 1)).toFixed(2)} %`,
      `${legacy.toFixed(1)} %`,
    ]);
  }
  return [
    `Bytes from client to service, ${seconds} s of silence in PCM at ${rate} Hz, through a counting proxy: WebSocket framing, handshake, pings and acknowledgements included, TCP not`,
    table(["message", "bytes/s", "overhead", "base64 in JSON"], rows),
    "target at 60 ms: 1.1 %",
  ].join("\n");
}

async function sentBytes(messageMs: number, signal: AbortSignal): Promise<number> {
  await using service = serveEngines({
    recognizer: fakeRecognizer({ script: [] }),
    translator: fakeTranslator(),
    synthesizer: fakeSynthesizer(),
  });
  const { hostname, port } = new URL(service.url);
  await using proxy = countingProxy({ hostname, port: Number(port) });
  await using session = await connect({
    url: `ws://127.0.0.1:${proxy.port}/v1/stream`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate } },
    connect: wsConnect,
    messageMs,
    signal,
  });
  const reading = (async () => {
    for await (const _ of session.events);
  })();
  await session.send(new Int16Array(seconds * rate), signal);
  await session.end(signal);
  await reading;
  return proxy.counted.up;
}
