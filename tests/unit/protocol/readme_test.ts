import { assertEquals } from "@std/assert";
import { parseClientMessage } from "../../../protocol/client_message.ts";
import { CloseCode, reactionTo } from "../../../protocol/close.ts";
import { ProtocolError } from "../../../protocol/error.ts";
import { parseServerMessage } from "../../../protocol/server_message.ts";
import { vectors } from "./vectors.ts";

const readme = Deno.readTextFileSync(new URL("../../../protocol/README.md", import.meta.url));

function section(number: number): string {
  return readme.split(/^## /m).find((text) => text.startsWith(`${number}. `))!;
}

Deno.test("The specification's example is the golden vector", () => {
  const lines = Array.from(section(2).matchAll(/^((?:[0-9a-f]{2} ){4}) {2}/gm), (match) => match[1]!);
  const example = vectors.binary.valid.find(({ name }) =>
    name === "start of a segment with its timing header"
  );
  assertEquals(lines.join("").replaceAll(" ", ""), example?.hex);
});

Deno.test("The specification lists every close code with what the client does", () => {
  const words = { done: "is done", stop: "stops", resume: "resumes", restart: "afresh", later: "later" };
  const rows = Array.from(
    section(8).matchAll(/^\| (\d{4}) +\|[^|]*\|[^|]*\| ([^|]*?) +\|$/gm),
    (match) => [Number(match[1]), match[2]!] as const,
  );
  assertEquals(rows.map(([code]) => code), Object.values(CloseCode).sort((one, other) => one - other));
  for (const [code, text] of rows) {
    assertEquals(text.includes(words[reactionTo(code)]), true, `${code}: ${text}`);
  }
});

Deno.test("The specification lists the messages that the parsers know", () => {
  const listed = (number: number) =>
    Array.from(section(number).matchAll(/^\| `(\w+)`/gm), (match) => match[1]!);
  for (const type of listed(3)) {
    try {
      parseClientMessage(JSON.stringify({ type }));
    } catch (error) {
      assertEquals(
        error instanceof ProtocolError && error.message.startsWith(`Cannot read the message ${type}: `),
        true,
      );
    }
  }
  const inVectors = (messages: readonly { readonly type: string }[]) =>
    Array.from(new Set(messages.map(({ type }) => type)));
  assertEquals(listed(3).sort(), inVectors(vectors.client.valid).sort());
  const served = vectors.server.valid.map(({ message }) => message).filter(({ type }) => type !== "weather");
  assertEquals(listed(4).sort(), inVectors(served).sort());
  for (const message of served) assertEquals(parseServerMessage(JSON.stringify(message)).type, message.type);
});
