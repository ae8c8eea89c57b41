import { decodeBase64, encodeBase64 } from "../adapters/net/base64.ts";
import { fakeRecognizer } from "../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../adapters/fake/translator.ts";
import { Tone } from "../adapters/fake/tone.ts";
import { connect } from "../client/session.ts";
import { wsConnect } from "../cli/socket.ts";
import { decodeBinary, encodePcm } from "../protocol/codec.ts";
import { serveEngines } from "../tests/support/live_service.ts";
import { countingProxy } from "./counting_proxy.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const rate = 16_000;
const seconds = 60;
const lengthsMs = [20, 60, 200];
const rounds = 15;
const roundMessages = 2000;

/** Binary messages against base64 in JSON: bytes on the wire, and what it takes to write and to read a message. */
export async function wireOverhead(signal: AbortSignal): Promise<Report> {
  const measured = [];
  for (const messageMs of lengthsMs) {
    const payload = messageMs * rate * 2 / 1000;
    measured.push({
      messageMs,
      payload,
      binary: (await sentBytes(messageMs, signal)) / (seconds * 1000 / messageMs),
      json: jsonBytes(messageMs),
      cpu: codecTimes(messageMs),
    });
  }
  const percent = (bytes: number, payload: number) => `${(100 * (bytes / payload - 1)).toFixed(2)} %`;
  return {
    profile:
      `${seconds} s of PCM at ${rate} Hz from client to service; bytes counted by a proxy with WebSocket framing, handshake, pings and acknowledgements, without TCP; ` +
      `base64 in JSON is one text frame a message, masked. Times are of one message in a warm loop, to write it and to read it into samples: medians of ${rounds} rounds ` +
      `of ${roundMessages} messages; base64 is the platform's native one`,
    tables: [
      {
        title: "Bytes of a message on the wire",
        headings: [
          "message",
          "samples",
          "binary",
          "more than the samples",
          "base64 in JSON",
          "more than the samples",
        ],
        rows: measured.map(({ messageMs, payload, binary, json }) => [
          `${messageMs} ms`,
          payload.toFixed(0),
          binary.toFixed(1),
          percent(binary, payload),
          json.toFixed(0),
          percent(json, payload),
        ]),
      },
      {
        title: "CPU of a message, µs",
        headings: ["message", "binary: write", "read", "base64 in JSON: write", "read", "times as much"],
        rows: measured.map(({ messageMs, cpu }) => [
          `${messageMs} ms`,
          cpu.binaryWrite.toFixed(2),
          cpu.binaryRead.toFixed(2),
          cpu.jsonWrite.toFixed(2),
          cpu.jsonRead.toFixed(2),
          ((cpu.jsonWrite + cpu.jsonRead) / (cpu.binaryWrite + cpu.binaryRead)).toFixed(1),
        ]),
      },
    ],
    notes: ["target at 60 ms: at most 1.1 % more than the samples"],
    bars: {
      title: "What a message costs beyond its samples",
      groups: [
        {
          heading: "bytes on the wire, % of the samples",
          bars: measured.flatMap(({ messageMs, payload, binary, json }) => [
            bar(`binary, ${messageMs} ms`, 100 * (binary / payload - 1), "%", "ours"),
            bar(`base64 in JSON, ${messageMs} ms`, 100 * (json / payload - 1), "%", "other"),
          ]),
        },
        {
          heading: "writing and reading it, µs of CPU",
          bars: measured.flatMap(({ messageMs, cpu }) => [
            bar(`binary, ${messageMs} ms`, cpu.binaryWrite + cpu.binaryRead, "µs", "ours"),
            bar(`base64 in JSON, ${messageMs} ms`, cpu.jsonWrite + cpu.jsonRead, "µs", "other"),
          ]),
        },
      ],
    },
  };
}

function bar(label: string, value: number, unit: string, tone: "ours" | "other") {
  return { label, value, shown: `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`, tone };
}

/** A text frame from a client: the JSON, the mask, and the length that a frame of this size has (RFC 6455, 5.2). */
function jsonBytes(messageMs: number): number {
  const text = jsonMessage(speech(messageMs));
  return text.length + 4 + (text.length < 126 ? 2 : text.length < 65_536 ? 4 : 10);
}

function speech(messageMs: number): Int16Array {
  return new Tone(220, rate).samples(0, messageMs * rate / 1000);
}

function jsonMessage(samples: Int16Array): string {
  const audio = encodeBase64(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  return JSON.stringify({ type: "audio", data: { audio } });
}

function codecTimes(messageMs: number) {
  const samples = speech(messageMs);
  const header = { lane: 0, seq: 1, position: 0, flags: 0 };
  const binary = encodePcm(header, samples);
  const json = jsonMessage(samples);
  let read = 0;
  return {
    binaryWrite: timeOf(() => read += encodePcm(header, samples).length),
    binaryRead: timeOf(() => {
      const message = decodeBinary(binary);
      if (message.type === "pcm") read += message.samples[0]!;
    }),
    jsonWrite: timeOf(() => read += jsonMessage(samples).length),
    jsonRead: timeOf(() => {
      const bytes = decodeBase64(JSON.parse(json).data.audio, "the client");
      read += new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)[0]!;
    }),
  };
}

/** µs of one call. */
function timeOf(work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const startMs = performance.now();
    for (let index = 0; index < roundMessages; index++) work();
    return 1000 * (performance.now() - startMs) / roundMessages;
  });
  return percentile(times, 0.5);
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
