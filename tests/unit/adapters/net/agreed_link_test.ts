import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { AgreedLink, type Agreement } from "../../../../adapters/net/agreed_link.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { CountedSignal } from "../../../support/counted_signal.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { type PlayedSocket, playedSockets } from "../../../support/played_sockets.ts";

interface Event {
  readonly type: string;
}

const agreement: Agreement<Event> = {
  provider: "X",
  url: "ws://x",
  headers: { key: "secret" },
  wish: "wish",
  read(message) {
    const { type } = JSON.parse(String(message));
    if (type === "error") throw new PipelineError("rate_limited", "Cannot use X: it reports an error");
    return type === "new" ? [] : [{ type }];
  },
  says: ({ type }) => type === "yes" ? "agreed" : type === "bye" ? "ended" : undefined,
};

/** A link whose other side does something when it is open. */
async function opened(greet: (socket: PlayedSocket) => void, { signal } = new CountedSignal()) {
  const clock = new FakeClock();
  const sockets = playedSockets(greet);
  const opening = AgreedLink.open(agreement, { connect: sockets.connect, clock }, signal);
  opening.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { opening, clock, socket: sockets.opened[0]! };
}

/** What a link tells. */
function listened(link: AgreedLink<Event>): string[] {
  const told: string[] = [];
  link.listen({
    take: ({ type }) => void told.push(type),
    failed: (error) => void told.push((error as PipelineError).kind),
  });
  return told;
}

Deno.test("AgreedLink says what it is to be, and is open when the provider agrees", async () => {
  const counted = new CountedSignal();
  const { opening, clock, socket } = await opened((socket) => socket.say({ type: "yes" }), counted);
  const link = await opening;
  assertEquals([socket.sent, clock.pending, counted.listeners], [["wish"], 0, 0]);
  const told = listened(link);
  for (const type of ["a", "new", "b", "bye", "c"]) socket.say({ type });
  await link.ended;
  socket.end(new PipelineError("unavailable", "cut"));
  assertEquals(told, ["a", "b", "bye"]);
  await link[Symbol.asyncDispose]();
  assert(socket.disposed);
});

Deno.test("AgreedLink does not open where the provider refuses, goes away, or says nothing", async () => {
  const cases = [
    [(socket: PlayedSocket) => socket.say({ type: "error" }), "rate_limited"],
    [(socket: PlayedSocket) => socket.end(new PipelineError("unavailable", "cut")), "unavailable"],
    [() => {}, "timeout"],
  ] as const;
  for (const [greet, kind] of cases) {
    const { opening, clock, socket } = await opened(greet);
    if (kind === "timeout") await clock.advance(5000);
    const error = await opening.catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals([error.kind, socket.disposed, clock.pending], [kind, true, 0]);
  }
});

Deno.test("AgreedLink tells of a failure once, also of one that came before anybody listened", async () => {
  for (const early of [true, false]) {
    const { opening, socket } = await opened((socket) => socket.say({ type: "yes" }));
    const link = await opening;
    if (early) socket.say({ type: "error" });
    const told = listened(link);
    socket.say({ type: "error" });
    socket.end(new PipelineError("unavailable", "cut"));
    assertEquals(told, ["rate_limited"]);
    assertEquals((await link.ended.catch((error) => error)).kind, "rate_limited");
  }
});

Deno.test("AgreedLink stops opening when the signal aborts", async () => {
  const clock = new FakeClock();
  const sockets = playedSockets();
  const abort = new AbortController();
  const opening = AgreedLink.open(agreement, { connect: sockets.connect, clock }, abort.signal);
  await new Promise((resolve) => setTimeout(resolve, 0));
  abort.abort("enough");
  assertEquals(await opening.catch((error) => error), "enough");
  assertEquals([sockets.opened[0]!.disposed, clock.pending], [true, 0]);
});
