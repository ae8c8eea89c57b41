import { assert, assertEquals } from "@std/assert";
import { kvSecondLevel, type KvStore, platformKv } from "../../../../adapters/compose/second_level.ts";

const { signal } = new AbortController();

function memoryStore() {
  const values = new Map<string, unknown>();
  const calls: string[] = [];
  const store: KvStore = {
    get: (key) => Promise.resolve({ value: values.get(key.join("/")) ?? null }),
    set: (key, value, { expireIn }) => {
      calls.push(`set for ${expireIn} ms`);
      values.set(key.join("/"), value);
      return Promise.resolve();
    },
    close: () => void calls.push("close"),
  };
  const open = () => {
    calls.push("open");
    return Promise.resolve(store);
  };
  return { open, values, calls };
}

Deno.test("kvSecondLevel() keeps translations, and opens the store once, when it is first needed", async () => {
  const { open, calls } = memoryStore();
  const level = kvSecondLevel(open, 60_000);
  assertEquals(calls, []);
  assertEquals(await level.get("one", signal), undefined);
  await level.set("one", "uno", signal);
  assertEquals([await level.get("one", signal), await level.get("two", signal)], ["uno", undefined]);
  assertEquals(calls, ["open", "set for 60000 ms"]);
  await level[Symbol.asyncDispose]();
  await level[Symbol.asyncDispose]();
  assertEquals(calls.at(-1), "close");
  assertEquals(calls.filter((call) => call === "close").length, 1);
});

Deno.test("kvSecondLevel() does not write what was said into a key, nor what is too large for the store", async () => {
  const { open, values } = memoryStore();
  const level = kvSecondLevel(open, 60_000);
  await level.set("my secret", "mi secreto", signal);
  await level.set("long", "x".repeat(20_000), signal);
  assertEquals(values.size, 1);
  assert([...values.keys()].every((key) => !key.includes("secret")));
});

Deno.test("kvSecondLevel() takes a value of another kind for none", async () => {
  const { open, values } = memoryStore();
  const level = kvSecondLevel(open, 60_000);
  await level.set("one", "uno", signal);
  for (const key of values.keys()) values.set(key, { text: "uno" });
  assertEquals(await level.get("one", signal), undefined);
});

Deno.test("kvSecondLevel() has nothing to close when the store could not be opened", async () => {
  const level = kvSecondLevel(() => Promise.reject(new Error("no store")), 60_000);
  assertEquals(await level.get("one", signal).catch(() => "failed"), "failed");
  await level[Symbol.asyncDispose]();
});

Deno.test("platformKv() is there exactly where the platform has it", () => {
  assertEquals(platformKv() !== undefined, "openKv" in Deno);
});
