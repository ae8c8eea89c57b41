import { assertEquals } from "@std/assert";
import { Requests } from "../../../client/requests.ts";
import type { Continues } from "../../../protocol/client_message.ts";

const nothing: readonly number[] = [];

/** Two lanes go on after so many segments, of which one is not over. */
function after(segments: number, lanes: readonly number[] = [1, 2]): Continues {
  return {
    position: 0,
    segment: segments - 1,
    lanes: lanes.map((lane) => ({ lane, position: 0 })),
    told: [{ utterance: 1, start: 0, end: 1, text: "", language: "en" }],
  };
}

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
  assertEquals(requests.again([2], after(9)), [
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
  assertEquals(requests.again(nothing, after(9)).map(({ type }) => type), ["cancel", "targets", "flush"]);
  requests.answer({ type: "cancelled", seq: 3, lane: 1, through: 5 });
  requests.answer({ type: "error", seq: 4, kind: "unsupported_language", message: "" });
  requests.answer({ type: "flushed", seq: 5, id: 1 });
  assertEquals([requests.again(nothing, after(9)), requests.isFlushing(1)], [[], false]);
});

Deno.test("Requests.again() says what was cancelled ahead until it is cut", () => {
  const requests = new Requests();
  requests.ask({ type: "cancel", lane: 1, through: 5 });
  requests.answer({ type: "cancelled", seq: 1, lane: 1, through: 5 });
  requests.ask({ type: "cancel", lane: 1, through: 4 });
  requests.answer({ type: "cancelled", seq: 2, lane: 1, through: 4 });
  assertEquals(requests.again(nothing, after(4)), [{ type: "cancel", lane: 1, through: 5 }]);
  assertEquals(requests.again(nothing, after(5)), []);
});

Deno.test("Requests.again() says nothing of lanes that are gone", () => {
  const requests = new Requests();
  for (const lane of [1, 2]) {
    requests.ask({ type: "mute", lane, muted: true });
    requests.ask({ type: "cancel", lane, through: 9 });
  }
  assertEquals(requests.again(nothing, after(1, [2, 3])), [
    { type: "mute", lane: 2, muted: true },
    { type: "cancel", lane: 2, through: 9 },
  ]);
});
