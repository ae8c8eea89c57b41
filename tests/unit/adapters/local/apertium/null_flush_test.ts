import { assertEquals, assertRejects } from "@std/assert";
import { NullFlushProcess } from "../../../../../adapters/local/apertium/null_flush.ts";
import { runningProcesses } from "../../../../support/processes.ts";

const signal = new AbortController().signal;

Deno.test("NullFlushProcess hands the words to the programs as they are", async () => {
  await using process = new NullFlushProcess([[
    "sh",
    "-c",
    'printf "%s" "$1"; cat',
    "x",
    "it's $HOME `a` | b",
  ], ["cat"]]);
  assertEquals(await process.exchange("!", signal), "it's $HOME `a` | b!");
});

Deno.test("NullFlushProcess.exchange() rejects when any of the programs has died", async () => {
  for (let index = 0; index < 3; index += 1) {
    await using process = new NullFlushProcess([["cat"], ["cat"], ["cat"]]);
    assertEquals(await process.exchange("one", signal), "one");
    const programs = runningProcesses().filter(({ group, pid }) => group === process.group && pid !== group);
    Deno.kill(programs.sort((one, other) => one.pid - other.pid)[index]!.pid, "SIGKILL");
    await assertRejects(() => process.exchange("two", signal));
  }
});

Deno.test("NullFlushProcess ends all of its programs when it is disposed", async () => {
  const process = new NullFlushProcess([["cat"], ["cat"], ["cat"]]);
  assertEquals(await process.exchange("one", signal), "one");
  const running = () => runningProcesses().filter(({ group }) => group === process.group).length;
  assertEquals(running(), 4);
  await process[Symbol.asyncDispose]();
  assertEquals(running(), 0);
});
