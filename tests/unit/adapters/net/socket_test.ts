import { assertEquals, assertInstanceOf } from "@std/assert";
import { type ProviderSocket, socketConnector } from "../../../../adapters/net/socket.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";

const never = new AbortController().signal;

/** A server whose sockets the test has, and a connection to it that is checked every 10 s. */
async function connected() {
  const sockets: Deno.Conn[] = [];
  let pings = 0;
  let answers = true;
  let heard = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serveSocket = async (socket: Deno.Conn) => {
    const bytes = new Uint8Array(4096);
    const length = await socket.read(bytes) ?? 0;
    const key = /sec-websocket-key: (.+)\r\n/i.exec(new TextDecoder().decode(bytes.subarray(0, length)))![1];
    const proof = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const accept = new Uint8Array(await crypto.subtle.digest("SHA-1", proof)).toBase64();
    const head =
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`;
    await socket.write(new TextEncoder().encode(head));
    while (await socket.read(bytes) !== null) {
      // A ping without content, masked, and the answer to it.
      if (bytes[0] !== 0x89) continue;
      pings += 1;
      // And then a text, which shows that the answer has arrived.
      if (answers) await socket.write(new Uint8Array([0x8a, 0, 0x81, 1, 0x78]));
    }
  };
  const serving = (async () => {
    for await (const socket of listener) {
      sockets.push(socket);
      serveSocket(socket).catch(() => {});
    }
  })();
  const clock = new FakeClock();
  const ends: PipelineError[] = [];
  const socket: ProviderSocket = await socketConnector({ clock, checkEveryMs: 10_000 })({
    provider: "Acme",
    url: `ws://127.0.0.1:${listener.addr.port}`,
    headers: {},
    message: () => heard += 1,
    ended: (error) => ends.push(error),
  }, never);
  return {
    clock,
    ends,
    pings: () => pings,
    heard: () => heard,
    silence: () => answers = false,
    async [Symbol.asyncDispose]() {
      const closing = socket[Symbol.asyncDispose]();
      await clock.advance(1000);
      await closing;
      for (const one of sockets) one.close();
      listener.close();
      await serving;
    },
  };
}

/** Lets the network do what does not depend on the clock. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await settle();
}

Deno.test("A connection that is checked ends when the other side is silent, half-closed or gone without a word", async () => {
  await using line = await connected();
  await until(() => line.heard() === 1);
  await line.clock.advance(10_000);
  await until(() => line.heard() === 2);
  assertEquals(line.ends, []);
  line.silence();
  await line.clock.advance(10_000);
  await until(() => line.pings() === 3);
  await line.clock.advance(10_000);
  await until(() => line.ends.length > 0);
  const [error] = line.ends;
  assertInstanceOf(error, PipelineError);
  assertEquals([error.kind, error.message], [
    "unavailable",
    "Cannot use Acme: it closed the connection (1006)",
  ]);
});
