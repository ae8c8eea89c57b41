import { assertEquals, assertStrictEquals } from "@std/assert";
import { InterpretError } from "../../../client/interpret_error.ts";
import { whyUnreachable } from "../../../client/unreachable.ts";

const service = new URL("http://127.0.0.1/");
const known = new InterpretError("unreachable", undefined, { cause: new Error("cut") });

/** What comes of a service that answers like this; `undefined` is a network that gives no answer, or none that may be read. */
async function reasonFor(
  answer: Response | undefined,
  seen = false,
): Promise<{ reason: InterpretError; asked: Request[] }> {
  const own = globalThis.fetch;
  const asked: Request[] = [];
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    asked.push(request);
    if (request.mode === "no-cors") {
      return seen ? Promise.resolve(new Response()) : Promise.reject(new TypeError());
    }
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError("Failed to fetch"));
  };
  try {
    return { reason: await whyUnreachable(service, "a key", known), asked };
  } finally {
    globalThis.fetch = own;
  }
}

const problem = (status: number, body: object) => new Response(JSON.stringify(body), { status });

Deno.test("whyUnreachable() asks over plain HTTP, with the key, and tells a refusal for what it is", async () => {
  const { reason, asked } = await reasonFor(problem(401, { detail: "The key is not known" }));
  assertEquals([reason.code, reason.cause], ["unauthenticated", known.cause]);
  assertEquals(asked.map(({ url, headers }) => [url, headers.get("authorization")]), [
    ["http://127.0.0.1/v1/stream", "Bearer a key"],
  ]);
  assertEquals((await reasonFor(problem(403, {}))).reason.code, "origin");
  assertEquals((await reasonFor(problem(429, {}))).reason.code, "full");
  assertEquals((await reasonFor(problem(503, { kind: "overloaded" }))).reason.code, "full");
});

Deno.test("whyUnreachable() repeats what a service says that is not ready", async () => {
  const { reason } = await reasonFor(problem(503, { detail: "Set PARLEY_API_KEYS" }));
  assertEquals([reason.code, reason.message], ["failed", "Set PARLEY_API_KEYS"]);
  assertEquals(
    (await reasonFor(new Response("Bad gateway", { status: 503 }))).reason.message,
    "The session failed",
  );
});

Deno.test("whyUnreachable() knows nothing better of a service that has nothing against the page, or does not answer", async () => {
  assertStrictEquals((await reasonFor(problem(426, {}))).reason, known);
  assertStrictEquals((await reasonFor(undefined)).reason, known);
});

Deno.test("whyUnreachable() takes a service whose answer a page may not read for one that does not let it in", async () => {
  assertEquals((await reasonFor(undefined, true)).reason.code, "origin");
});
