import { assertEquals } from "@std/assert";
import { CloseCode, reactionTo } from "../../../protocol/close.ts";

Deno.test("reactionTo() resumes what was cut and what is moving", () => {
  for (const code of [0, 1001, 1005, 1006, 1012, CloseCode.moving]) assertEquals(reactionTo(code), "resume");
});

Deno.test("reactionTo() starts afresh where the session is gone", () => {
  for (const code of [CloseCode.unknownSession, CloseCode.timeout, CloseCode.internal]) {
    assertEquals(reactionTo(code), "restart");
  }
});

Deno.test("reactionTo() waits where there is no room", () => {
  for (const code of [CloseCode.full, CloseCode.tooFast]) assertEquals(reactionTo(code), "later");
});

Deno.test("reactionTo() stops where the same attempt would fail again", () => {
  for (
    const code of [
      CloseCode.tooLarge,
      CloseCode.protocol,
      CloseCode.unauthenticated,
      CloseCode.origin,
      CloseCode.superseded,
      CloseCode.unsupported,
      4999,
    ]
  ) assertEquals(reactionTo(code), "stop");
  assertEquals(reactionTo(CloseCode.ended), "done");
});
