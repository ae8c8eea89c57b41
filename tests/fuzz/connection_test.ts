import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CloseCode } from "../../protocol/close.ts";
import { encodePcm } from "../../protocol/codec.ts";
import { serveConnection } from "../../sessions/connection.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeService, start } from "../support/fake_service.ts";
import { MemorySocket } from "../support/memory_socket.ts";

const documented: ReadonlySet<number> = new Set(Object.values(CloseCode));

const json = fc.oneof(
  fc.json(),
  fc.constant(JSON.stringify(start)),
  fc.record({
    type: fc.constantFrom("start", "resume", "ack", "ping", "flush", "cancel", "mute", "targets", "end", "x"),
  }, {
    noNullPrototype: true,
  }).chain((message) =>
    fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue()).map((rest) =>
      JSON.stringify({ ...rest, ...message })
    )
  ),
  fc.record({ type: fc.constant("ack"), received: fc.nat(), window: fc.nat() }).map((message) =>
    JSON.stringify(message)
  ),
  fc.record({
    type: fc.constantFrom("flush", "end", "mute", "cancel"),
    seq: fc.nat(5),
    id: fc.nat(),
    lane: fc.nat(300),
    through: fc.nat(),
  })
    .map((message) => JSON.stringify(message)),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((data) => data.slice().buffer),
  fc.record({
    seq: fc.nat(4),
    position: fc.nat(3000),
    flags: fc.nat(15),
    lane: fc.nat(3),
    length: fc.nat(900),
  }).map(
    ({ seq, position, flags, lane, length }) => encoded(seq, position, flags, lane, length),
  ),
);

function encoded(seq: number, position: number, flags: number, lane: number, length: number): ArrayBuffer {
  const message = encodePcm({ lane: 0, seq, position, flags: 0 }, new Int16Array(length));
  message[1] = flags;
  message[2] = lane;
  return message.buffer;
}

Deno.test("whatever strangers send, a socket stays open or closes with a documented code, and nobody else is hurt", async () => {
  const messages = fc.array(fc.oneof(json, bytes), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), messages, async (opens, messages) => {
      const clock = new FakeClock();
      const { registry, faults } = fakeService({ clock });
      const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
      const neighbour = connect();
      neighbour.say(start);
      const stranger = connect();
      if (opens) stranger.say(start);
      await clock.advance(0);
      for (const message of messages) {
        if (typeof message === "string") stranger.say(message);
        else stranger.raw(message);
      }
      await clock.advance(100);
      if (stranger.closed) {
        assert(documented.has(stranger.closed.code), `closed with ${stranger.closed.code}`);
        assert(stranger.closed.code !== CloseCode.internal, "the service failed");
      }
      for (let spoken = 0; spoken < 5500; spoken += 100) {
        neighbour.speak(100);
        await clock.advance(100);
        neighbour.acknowledge();
      }
      assertEquals(neighbour.said("timing").length, 2);
      await registry.drain(0);
      assertEquals(faults, []);
    }),
    { numRuns: 150 },
  );
});
