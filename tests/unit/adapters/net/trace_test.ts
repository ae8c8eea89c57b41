import { assertEquals, assertRejects } from "@std/assert";
import { exchange } from "../../../../adapters/net/http.ts";
import { recognizerOverSocket } from "../../../../adapters/net/recognizer_over_socket.ts";
import { translatorOverHttp } from "../../../../adapters/net/translator_over_http.ts";
import { voskWire } from "../../../../adapters/vosk/recognizer.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** A provider that answers everything with the same text, and what it was told of traces. */
function listening() {
  const told: (string | null)[] = [];
  const fetch = (_: string, { headers = {} }: RequestInit) => {
    told.push(new Headers(headers).get("traceparent"));
    return Promise.resolve(new Response("casa"));
  };
  return { told, fetch, clock: new FakeClock() };
}

Deno.test("exchange() tells the provider of the trace, and of none where there is none", async () => {
  const { told, fetch, clock } = listening();
  const { signal } = new AbortController();
  const request = { method: "GET", url: "http://127.0.0.1/" } as const;
  const http = { provider: "Somebody", fetch, clock, deadlineMs: 1000 };
  for (const trace of [{ traceParent }, {}]) {
    for await (const _ of exchange(request, { ...http, ...trace }, signal));
  }
  assertEquals(told, [traceParent, null]);
});

Deno.test("translatorOverHttp() hands the trace of a segment on", async () => {
  const { told, fetch, clock } = listening();
  await using translator = translatorOverHttp({
    name: "somebody",
    provider: "Somebody",
    pairs: [{ source: "en", target: "es" }],
    textLimit: 100,
    atOnce: 2,
    prepare: () =>
      Promise.resolve({
        ask: ({ text }) => ({ method: "POST", url: "http://127.0.0.1/", body: text }),
        async *read(body) {
          for await (const bytes of body) yield { type: "append", text: new TextDecoder().decode(bytes) };
        },
      }),
  }, { fetch, clock });
  const { signal } = new AbortController();
  await using session = await translator.open({ source: "en", target: "es", glossary: {}, signal });
  const request = { segment: 1, text: "house", history: [], traceParent };
  const events = [];
  for await (const event of session.translate(request, signal)) events.push(event);
  assertEquals(told, [traceParent]);
  assertEquals(events.filter(({ type }) => type === "append"), [{ type: "append", text: "casa" }]);
});

Deno.test("recognizerOverSocket() tells of the trace where it connects", async () => {
  const told: (string | undefined)[] = [];
  const wire = voskWire({ address: "http://127.0.0.1:9", languages: ["en"], concurrency: 1 });
  await using recognizer = recognizerOverSocket(wire, {
    clock: new FakeClock(),
    connect: ({ headers }) => {
      told.push(headers["traceparent"]);
      return Promise.reject(new PipelineError("unavailable", "Nobody is there"));
    },
  });
  const format = { codec: "pcm_s16le", rate: 16_000 } as const;
  const { signal } = new AbortController();
  for (const trace of [{ traceParent }, {}]) {
    await assertRejects(
      () => recognizer.open({ languages: ["en"], format, glossary: {}, signal, ...trace }),
      PipelineError,
    );
  }
  assertEquals(told, [traceParent, undefined]);
});
