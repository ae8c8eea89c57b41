import { assertEquals } from "@std/assert";
import { UnheardAudio } from "../../../../adapters/net/unheard_audio.ts";

Deno.test("UnheardAudio.take() gives once what was sent long enough ago", () => {
  const unheard = new UnheardAudio();
  unheard.sent(100, 0);
  unheard.sent(200, 50);
  unheard.sent(300, 400);
  assertEquals([999, 1050, 1050, 1399, 1400, 9000].map((nowMs) => unheard.take(1000, nowMs)), [
    undefined,
    200,
    undefined,
    undefined,
    300,
    undefined,
  ]);
});
