/**
 * A process of its own that measures how long the service takes to answer: pings of a session that says nothing else. Arguments: the address, and for how
 * many seconds. Prints the round trips in ms as JSON.
 *
 * @module
 */
// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket } from "ws";
import { SUBPROTOCOL } from "../../protocol/limits.ts";

const everyMs = 25;

const [url = "", seconds = "10"] = Deno.args;
const socket = new WebSocket(`${url}/v1/stream`, [SUBPROTOCOL], { perMessageDeflate: false });
const roundTripsMs: number[] = [];
const input = { codec: "pcm_s16le", rate: 16_000 };
socket.on("open", () => socket.send(JSON.stringify({ type: "start", source: "en", targets: ["es"], input })));
socket.on("message", (data: Uint8Array) => {
  const message = JSON.parse(new TextDecoder().decode(data));
  if (message.type === "pong") roundTripsMs.push(performance.now() - message.t0);
  if (message.type !== "ready") return;
  const timer = setInterval(
    () => socket.send(JSON.stringify({ type: "ping", t0: performance.now() })),
    everyMs,
  );
  setTimeout(() => {
    clearInterval(timer);
    socket.close(1000);
  }, 1000 * Number(seconds));
});
await new Promise((resolve) => socket.on("close", resolve));
console.log(JSON.stringify(roundTripsMs.map((ms) => Math.round(ms * 1000) / 1000)));
Deno.exit(0);
