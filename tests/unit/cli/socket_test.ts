import { assert, assertEquals } from "@std/assert";
import { wsConnect } from "../../../cli/socket.ts";
import { connect } from "../../../client/session.ts";
import { systemClock } from "../../../flow/clock.ts";
import type { ServerEnd } from "../../support/memory_network.ts";
import { MemoryService } from "../../support/memory_service.ts";

/** Serves the echo of the tests on a real socket of this machine. */
function serveEcho(service: MemoryService) {
  const sockets: WebSocket[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "parley.v1" });
    sockets.push(socket);
    socket.binaryType = "arraybuffer";
    const end: ServerEnd = {
      send: (data) => socket.readyState === WebSocket.OPEN && socket.send(data),
      close: (code, reason) => socket.close(code, reason),
    };
    const handler = service.accept(end);
    socket.onmessage = ({ data }) => handler.message(data);
    socket.onclose = ({ code }) => handler.closed(code);
    return response;
  });
  return { server, sockets };
}

Deno.test("wsConnect() carries a session over a real socket, and over its loss", async () => {
  const service = new MemoryService(systemClock);
  const { server, sockets } = serveEcho(service);
  const stop = new AbortController();
  const running = service.run(stop.signal);
  const session = await connect({
    url: `http://127.0.0.1:${server.addr.port}/`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: 16_000 } },
    connect: wsConnect,
    random: () => 0,
    signal: stop.signal,
  });
  const samples = Int16Array.from({ length: 16_000 }, (_, index) => index);
  await session.send(samples.subarray(0, 8_000));
  sockets[0]!.close(4503);
  assert(session.push(samples.subarray(8_000)));
  const echoed: number[] = [];
  const reading = (async () => {
    for await (const event of session.events) {
      if (event.type === "audio" && event.codec === "pcm_s16le") echoed.push(...event.samples);
    }
  })();
  const totals = await session.end();
  await reading;
  assertEquals(echoed, Array.from(samples));
  assertEquals(service.heard, echoed);
  assertEquals([totals.segments, service.repeated, service.resumes], [17, 0, 1]);
  stop.abort();
  await running;
  await server.shutdown();
});
