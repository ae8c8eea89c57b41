import { assertEquals } from "@std/assert";
import { contractOf } from "../support/contract/published.ts";

const document = {
  schemas: {
    Message: {
      type: "object",
      required: ["text"],
      properties: {
        text: { type: "string" },
        note: { type: "string", nullable: true },
        inner: { $ref: "#/schemas/Inner" },
      },
    },
    Inner: { type: "object", properties: { on: { type: "boolean" } } },
    End: { type: "object", required: ["text"], properties: { text: { "x-fern-type": 'literal<"">' } } },
  },
};

Deno.test("PublishedContract.closed() objects to unknown keys at any depth, open() lets them pass", () => {
  const contract = contractOf(document, "test");
  const odd = { text: "a", more: 1, inner: { on: true, off: false } };
  assertEquals(contract.open("/schemas/Message")(odd), []);
  assertEquals(contract.closed("/schemas/Message")(odd), [
    "/ must NOT have additional properties: more",
    "/inner must NOT have additional properties: off",
  ]);
});

Deno.test("PublishedContract objects to what is missing or of another type", () => {
  const check = contractOf(document, "test").open("/schemas/Message");
  assertEquals(check({ note: 7 }).length > 1, true);
  assertEquals(check({ text: "a", note: null }), [], "nullable is not understood");
});

Deno.test("PublishedContract takes one of several schemas, and literals as what they mean", () => {
  const check = contractOf(document, "test").closed("/schemas/End", "/schemas/Inner");
  assertEquals([check({ text: "" }).length, check({ on: true }).length], [0, 0]);
  assertEquals(check({ text: "a" }).length > 0, true);
});
