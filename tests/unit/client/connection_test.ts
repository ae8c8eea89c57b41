import { assert, assertEquals } from "@std/assert";
import { Connection } from "../../../client/connection.ts";
import { Condition } from "../../../flow/condition.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemoryNetwork, type ServerEnd } from "../../support/memory_network.ts";

function stage() {
  const clock = new FakeClock();
  const heard: unknown[] = [];
  const served: unknown[] = [];
  const ends: ServerEnd[] = [];
  const network = new MemoryNetwork(clock, (end) => {
    ends.push(end);
    return { message: (data) => served.push(data), closed: (code) => served.push(code) };
  });
  const socket = network.connect("ws://service/", ["parley.v1"]);
  const connection = new Connection(socket, "hello", (data) => heard.push(data), new Condition());
  return { clock, heard, served, ends, network, connection };
}

Deno.test("Connection greets when the socket opens, and hands on what comes in", async () => {
  const { clock, heard, served, ends, network, connection } = stage();
  connection.send("too early");
  assert(!connection.opened);
  await clock.advance(10);
  assert(connection.opened);
  assertEquals(served, ["hello"]);
  connection.send("more");
  ends[0]!.send("welcome");
  await clock.advance(10);
  assertEquals([served, heard], [["hello", "more"], ["welcome"]]);
  network.last.cut();
  assertEquals(connection.end, { code: 1006, reason: "" });
});

Deno.test("Connection.close() tells the code, and hands on and sends nothing after it", async () => {
  const { clock, heard, served, ends, connection } = stage();
  await clock.advance(10);
  connection.close(4400, "wrong");
  connection.close(1000, "again");
  ends[0]!.send("late");
  connection.send("late");
  await connection.ended(new AbortController().signal);
  assertEquals(connection.end, { code: 4400, reason: "wrong" });
  const gone = connection.gone(new AbortController().signal);
  await clock.advance(10);
  await gone;
  assertEquals([served, heard], [["hello", 4400], []]);
});

Deno.test("Connection.drop() ends it at once, as if it had been cut", async () => {
  const { clock, network, connection } = stage();
  await clock.advance(10);
  connection.drop("silent");
  assertEquals(connection.end, { code: 0, reason: "silent" });
  assert(network.last.closed);
  assertEquals(clock.pending, 0);
});

Deno.test("Connection.ended() rejects when its signal aborts first", async () => {
  const { clock, network, connection } = stage();
  const enough = new AbortController();
  const waiting = connection.ended(enough.signal).catch((error) => error);
  enough.abort("enough");
  assertEquals(await waiting, "enough");
  network.last.cut();
  assertEquals(clock.pending, 0);
});
