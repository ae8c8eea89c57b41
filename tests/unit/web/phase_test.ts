import { assertEquals } from "@std/assert";
import { isBusy, isListening, nextPhase, type Phase, type PhaseEvent } from "../../../web/phase.ts";

const idle: Phase = { type: "idle" };
const after = (...events: PhaseEvent[]) => events.reduce(nextPhase, idle);
const speak: PhaseEvent = { type: "start", from: "microphone", asks: true };
const live: readonly PhaseEvent[] = [speak, { type: "allowed" }, { type: "connected" }];

Deno.test("nextPhase() goes from idle through permission and connecting to live", () => {
  assertEquals(after(speak).type, "permission");
  assertEquals(after(speak, { type: "allowed" }).type, "connecting");
  assertEquals(after(...live), { type: "live", from: "microphone" });
  assertEquals(after({ type: "start", from: "file", asks: false }), { type: "connecting", from: "file" });
  assertEquals(after(speak, { type: "connected" }).type, "live");
});

Deno.test("nextPhase() comes back from a cut to what it was doing", () => {
  assertEquals(after(...live, { type: "cut" }).type, "reconnecting");
  assertEquals(after(...live, { type: "cut" }, { type: "connected" }).type, "live");
  assertEquals(after(...live, { type: "stop" }, { type: "cut" }, { type: "connected" }).type, "finishing");
  assertEquals(after(...live, { type: "cut" }, { type: "stop" }, { type: "connected" }).type, "finishing");
});

Deno.test("nextPhase() gives up at once before there is a session, and finishes where there is one", () => {
  assertEquals(after(speak, { type: "stop" }), idle);
  assertEquals(after(...live, { type: "stop" }).type, "finishing");
  assertEquals(after(...live, { type: "stop" }, { type: "over" }).type, "ended");
});

Deno.test("nextPhase() keeps a trouble until the next start, and knows no trouble after the end", () => {
  const trouble: PhaseEvent = { type: "trouble", trouble: { kind: "lost" } };
  assertEquals(after(...live, trouble, { type: "over" }), { type: "failed", trouble: { kind: "lost" } });
  assertEquals(after(...live, trouble, speak).type, "permission");
  assertEquals(after(...live, { type: "over" }, trouble).type, "ended");
});

Deno.test("nextPhase() ignores late news", () => {
  assertEquals(after({ type: "connected" }), idle);
  assertEquals(after({ type: "cut" }), idle);
  assertEquals(after({ type: "over" }), idle);
  assertEquals(after(...live, speak).type, "live");
});

Deno.test("isBusy() and isListening() tell when a talk is on and when it takes speech", () => {
  assertEquals([idle, after(speak), after(...live)].map(isBusy), [false, true, true]);
  const cut = after(...live, { type: "cut" });
  const finishing = after(...live, { type: "stop" });
  assertEquals([after(...live), cut, finishing].map(isListening), [true, true, false]);
});
