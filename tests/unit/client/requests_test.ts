import { assertEquals } from "@std/assert";
import { Requests } from "../../../client/requests.ts";

const nothing: ReadonlySet<number> = new Set();

Deno.test("Requests.again() says what has no answer and what holds on, commands before flushes", () => {
  const requests = new Requests();
  requests.ask({ type: "flush", id: 1 });
  requests.ask({ type: "mute", lane: 1, muted: true });
  requests.ask({ type: "mute", lane: 2, muted: true });
  requests.ask({ type: "mute", lane: 2, muted: false });
  requests.ask({ type: "cancel", lane: 1, through: 3 });
  requests.ask({ type: "cancel", lane: 1, through: 5 });
  requests.ask({ type: "targets", targets: ["fr"] });
  requests.ask({ type: "flush", id: 2 });
  requests.ask({ type: "end" });
  assertEquals(requests.again(new Set([2])), [
    { type: "mute", lane: 1, muted: true },
    { type: "cancel", lane: 1, through: 5 },
    { type: "targets", targets: ["fr"] },
    { type: "flush", id: 1 },
  ]);
});

Deno.test("Requests.answer() settles what was answered, and nothing else", () => {
  const requests = new Requests();
  requests.ask({ type: "flush", id: 1 });
  requests.ask({ type: "cancel", lane: 1, through: 5 });
  requests.ask({ type: "targets", targets: ["fr"] });
  requests.answer({ type: "cancelled", seq: 1, lane: 1, through: 3 });
  requests.answer({ type: "error", seq: 2, kind: "timeout", message: "", segment: 1, lane: 1 });
  assertEquals(requests.again(nothing).map(({ type }) => type), ["cancel", "targets", "flush"]);
  requests.answer({ type: "cancelled", seq: 3, lane: 1, through: 5 });
  requests.answer({ type: "error", seq: 4, kind: "unsupported_language", message: "" });
  requests.answer({ type: "flushed", seq: 5, id: 1 });
  assertEquals([requests.again(nothing), requests.isFlushing(1)], [[], false]);
});
