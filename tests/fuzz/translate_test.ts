import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { liveService } from "../support/live_service.ts";

const types = fc.oneof(
  fc.constantFrom(
    "audio/wav",
    "audio/pcm;rate=16000;encoding=s16le",
    "audio/L16;rate=8000;channels=2",
    "audio/pcm",
    "text/plain",
  ),
  fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, "")),
);
const queries = fc.oneof(
  fc.constantFrom(
    "source=en&target=es",
    "source=en&target=",
    "source=&target=es",
    "source=en&target=es,fr",
    "",
  ),
  fc.webQueryParameters(),
);

Deno.test("whatever strangers post, they get an answer or a problem of their own making, and the service goes on", async () => {
  await using service = liveService({ script: [] });
  await fc.assert(
    fc.asyncProperty(types, queries, fc.uint8Array({ maxLength: 3000 }), async (type, query, body) => {
      const response = await fetch(`${service.url}/v1/translate?${query}`, {
        method: "POST",
        headers: { "content-type": type },
        body: body.slice(),
      }).catch(() => undefined);
      // A body that turns out to be wrong after the answer began breaks the answer off.
      await response?.arrayBuffer().catch(() => {});
      const status = response?.status ?? 400;
      assert(status === 200 || (status >= 400 && status < 500), `the answer was ${status}`);
    }),
    { numRuns: 200 },
  );
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(service.faults, []);
  assertEquals((await (await fetch(`${service.url}/healthz`)).json()).status, "ok");
});
