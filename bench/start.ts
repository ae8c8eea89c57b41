// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket } from "ws";
import { encodePcm } from "../protocol/codec.ts";
import { SUBPROTOCOL } from "../protocol/limits.ts";
import { startService } from "./load/service.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const rounds = 200;
const firsts = 5;
const samples = 960;

/** How long it takes until a new session has accepted its first message, on engines that open at once. */
export async function startTime(_signal: AbortSignal): Promise<Report> {
  await using service = await startService({ profile: "instant" });
  const cold: Start[] = [];
  const warm: Start[] = [];
  for (let count = 0; count < firsts + rounds; count++) {
    (count < firsts ? cold : warm).push(await startOnce(service.url));
  }
  const row = (what: string, starts: readonly Start[], pick: (start: Start) => number) => {
    const values = starts.map(pick);
    return [what, percentile(values, 0.5), percentile(values, 0.95), Math.max(...values)];
  };
  return {
    profile:
      `${rounds} sessions one after the other against the service in a process of its own, simulated engines without latency; the client sends its first 60 ms of ` +
      "speech with `start`, without waiting for `ready`, and counts until the acknowledgement that has it; acknowledgements come every 200 ms at the latest, so a ping behind the " +
      "audio, answered in order, says when it was taken in",
    tables: [{
      headings: ["ms", "p50", "p95", "max"],
      rows: [
        row("socket opened (TCP, upgrade)", warm, ({ openMs }) => openMs),
        row("start → ready", warm, ({ readyMs }) => readyMs),
        row("start → first message accepted", warm, ({ acceptedMs }) => acceptedMs),
        row(`the same, the first ${firsts} sessions of the process`, cold, ({ acceptedMs }) => acceptedMs),
      ],
    }],
    notes: ["target: at most 50 ms after load"],
  };
}

interface Start {
  readonly openMs: number;
  readonly readyMs: number;
  readonly acceptedMs: number;
}

async function startOnce(url: string): Promise<Start> {
  const beganMs = performance.now();
  const socket = new WebSocket(`${url}/v1/stream`, [SUBPROTOCOL], { perMessageDeflate: false });
  const openMs = Promise.withResolvers<number>();
  const readyMs = Promise.withResolvers<number>();
  const acceptedMs = Promise.withResolvers<number>();
  const closed = new Promise((resolve) => socket.on("close", resolve));
  let startedMs = 0;
  socket.on("open", () => {
    startedMs = performance.now();
    openMs.resolve(startedMs - beganMs);
    const input = { codec: "pcm_s16le", rate: 16_000 };
    socket.send(JSON.stringify({ type: "start", source: "en", targets: ["es"], input }));
    socket.send(encodePcm({ lane: 0, seq: 1, position: 0, flags: 0 }, new Int16Array(samples)));
    socket.send(JSON.stringify({ type: "ping", t0: 0 }));
  });
  socket.on("message", (data: Uint8Array) => {
    const { type } = JSON.parse(new TextDecoder().decode(data));
    const ms = performance.now() - startedMs;
    if (type === "ready") readyMs.resolve(ms);
    if (type === "pong") acceptedMs.resolve(ms);
  });
  socket.on("error", (error: Error) => {
    for (const waiting of [openMs, readyMs, acceptedMs]) waiting.reject(error);
  });
  const start = {
    openMs: await openMs.promise,
    readyMs: await readyMs.promise,
    acceptedMs: await acceptedMs.promise,
  };
  socket.close(1000);
  await closed;
  return start;
}
