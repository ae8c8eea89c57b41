import { assert, assertEquals, assertRejects } from "@std/assert";
import { DecoderProcess } from "../../../../../adapters/local/pocketsphinx/decoder_process.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import { FakeClock } from "../../../../support/fake_clock.ts";

/** A program that says `greeting` and then answers each request with what `answer` makes of its kind and length. */
function program(greeting: unknown, answer = '""'): string {
  return `data:application/javascript,${
    encodeURIComponent(`
      const say = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\\n"));
      const read = (bytes) => {
        for (let at = 0; at < bytes.length;) {
          const count = Deno.stdin.readSync(bytes.subarray(at));
          if (count === null) Deno.exit(0);
          at += count;
        }
        return bytes;
      };
      say(${JSON.stringify(JSON.stringify(greeting))});
      while (true) {
        const [kind, length] = new Uint32Array(read(new Uint8Array(8)).buffer);
        read(new Uint8Array(length));
        say(${answer});
      }
    `)
  }`;
}

const echo = 'JSON.stringify({ speech: kind === 1, segments: [["w", kind, length]] })';

function start(program: string, clock?: FakeClock): Promise<DecoderProcess> {
  return DecoderProcess.start({ modelFolder: "/no/model", program, ...clock && { clock } });
}

async function assertEnded(process: DecoderProcess): Promise<void> {
  assertEquals(process.alive, false);
  await process[Symbol.asyncDispose]();
  await assertRejects(() => Deno.stat(`/proc/${process.pid}/exe`), Deno.errors.NotFound);
}

Deno.test("DecoderProcess.ask() gives the answers in the order of the requests", async () => {
  await using process = await start(program({ ready: true }, echo));
  assertEquals(process.used, false);
  const answers = await Promise.all([
    process.ask("audio", new Int16Array(3)),
    process.ask("finish"),
    process.ask("audio", new Int16Array(8000)),
  ]);
  assertEquals(answers, [
    { speech: true, segments: [["w", 1, 6]] },
    { speech: false, segments: [["w", 2, 0]] },
    { speech: true, segments: [["w", 1, 16000]] },
  ]);
  assert(process.used && process.alive);
});

Deno.test("DecoderProcess.start() says what is missing and how to install it", async () => {
  for (const [missing, what] of [["library", "libpocketsphinx.so.3"], ["model", "the model in /no/model"]]) {
    const error = await assertRejects(() => start(program({ missing })), PipelineError, `${what} is missing`);
    assertEquals(error.kind, "unavailable");
    assert(error.message.endsWith("apt-get install libpocketsphinx3 pocketsphinx-en-us"), error.message);
  }
});

Deno.test("DecoderProcess.start() rejects when the program ends without a word", async () => {
  const error = await assertRejects(() => start("data:application/javascript,"), PipelineError, "has ended");
  assertEquals(error.kind, "unavailable");
});

Deno.test("DecoderProcess.ask() rejects when the process is killed", async () => {
  const process = await start(program({ ready: true }, echo));
  Deno.kill(process.pid, "SIGKILL");
  const error = await assertRejects(() => process.ask("finish"), PipelineError, "its process has ended");
  assertEquals(error.kind, "unavailable");
  await assertEnded(process);
});

Deno.test("DecoderProcess.ask() ends a process that does not answer in time", async () => {
  const clock = new FakeClock();
  const process = await start(program({ ready: true }, "read(new Uint8Array(1e6))"), clock);
  const answer = assertRejects(() => process.ask("finish"), PipelineError, "no answer within 10000 ms");
  await clock.advance(10_000);
  assertEquals((await answer).kind, "timeout");
  assertEquals(clock.pending, 0);
  await assertEnded(process);
});

Deno.test("DecoderProcess.ask() ends a process that talks nonsense or without end", async () => {
  for (const answer of ['"nonsense"', '"x".repeat(1e6)']) {
    const process = await start(program({ ready: true }, answer));
    await assertRejects(() => process.ask("finish"), PipelineError);
    await assertEnded(process);
  }
});

Deno.test("DecoderProcess can be disposed twice, in the middle of a request", async () => {
  const process = await start(program({ ready: true }, "read(new Uint8Array(1e6))"));
  const answer = assertRejects(() => process.ask("finish"), PipelineError);
  await process[Symbol.asyncDispose]();
  await answer;
  await assertEnded(process);
});
