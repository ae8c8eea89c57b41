import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { DecoderPool } from "../../../../../adapters/local/pocketsphinx/pool.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import { settle } from "../../../../support/fake_clock.ts";
import { LevelDecoder } from "./level_decoder.ts";

function makeDecoders(): { readonly made: LevelDecoder[]; start(): Promise<LevelDecoder> } {
  const made: LevelDecoder[] = [];
  return {
    made,
    start() {
      const decoder = new LevelDecoder();
      made.push(decoder);
      return Promise.resolve(decoder);
    },
  };
}

const { signal } = new AbortController();

Deno.test("DecoderPool keeps decoders ready before they are asked for, and no more than there may be", async () => {
  const { made, start } = makeDecoders();
  await using pool = new DecoderPool({ start, warm: 2, max: 3 });
  assertEquals(made.length, 2);
  const one = await pool.lease(signal);
  assertStrictEquals(one.decoder, made[0]);
  assertEquals(made.length, 3);
  const other = await pool.lease(signal);
  assertEquals(made.length, 3);
  await one.release();
  await other.release();
});

Deno.test("DecoderPool.lease() rejects when all decoders are in use, until one is released", async () => {
  const { start } = makeDecoders();
  await using pool = new DecoderPool({ start, warm: 1, max: 2 });
  const one = await pool.lease(signal);
  await pool.lease(signal);
  const error = await assertRejects(() => pool.lease(signal), PipelineError, "all 2 decoders are in use");
  assertEquals(error.kind, "concurrency");
  assertEquals(error.retryAfterMs, 1000);
  await one.release();
  await one.release();
  await pool.lease(signal);
  await assertRejects(() => pool.lease(signal), PipelineError);
});

Deno.test("DecoderPool ends a decoder that was used and keeps one that was not", async () => {
  const { made, start } = makeDecoders();
  await using pool = new DecoderPool({ start, warm: 1, max: 1 });
  const probe = await pool.lease(signal);
  await probe.release();
  const lease = await pool.lease(signal);
  assertStrictEquals(lease.decoder, made[0]);
  await lease.decoder.ask("finish");
  await lease.release();
  assertEquals(made[0]!.alive, false);
  const next = await pool.lease(signal);
  assertStrictEquals(next.decoder, made[1]);
});

Deno.test("DecoderPool.lease() does not give out a decoder that died while it was waiting", async () => {
  const { made, start } = makeDecoders();
  await using pool = new DecoderPool({ start, warm: 1, max: 2 });
  made[0]!.alive = false;
  const lease = await pool.lease(signal);
  assertStrictEquals(lease.decoder, made[1]);
});

Deno.test("DecoderPool.lease() tries again after a start in advance that failed, then says why", async () => {
  let starts = 0;
  const pool = new DecoderPool({
    start: () => {
      starts += 1;
      return starts === 2
        ? Promise.resolve(new LevelDecoder())
        : Promise.reject(new PipelineError("unavailable", "Cannot start"));
    },
    warm: 1,
    max: 3,
  });
  await settle();
  const lease = await pool.lease(signal);
  assertEquals(starts, 3);
  await assertRejects(() => pool.lease(signal), PipelineError, "Cannot start");
  await lease.release();
  await pool[Symbol.asyncDispose]();
});

Deno.test("DecoderPool.lease() gives its place back when the signal aborts while a decoder starts", async () => {
  const started = Promise.withResolvers<LevelDecoder>();
  await using pool = new DecoderPool({ start: () => started.promise, warm: 0, max: 1 });
  const abort = new AbortController();
  const reason = new Error("enough");
  const lease = pool.lease(abort.signal).catch((error) => error);
  abort.abort(reason);
  assertStrictEquals(await lease, reason);
  const decoder = new LevelDecoder();
  started.resolve(decoder);
  await settle();
  assertEquals(decoder.alive, false);
  await assertRejects(() => pool.lease(AbortSignal.abort(reason)), Error, "enough");
});

Deno.test("Lease.replace() ends the decoder and takes another one in the same place", async () => {
  const { made, start } = makeDecoders();
  await using pool = new DecoderPool({ start, warm: 0, max: 1 });
  const lease = await pool.lease(signal);
  await lease.replace(signal);
  assertEquals(made[0]!.alive, false);
  assertStrictEquals(lease.decoder, made[1]);
  await assertRejects(() => pool.lease(signal), PipelineError);
});

Deno.test("DecoderPool ends every decoder when it is disposed, whatever it is doing", async () => {
  const { made, start } = makeDecoders();
  const pool = new DecoderPool({ start, warm: 2, max: 4 });
  const lease = await pool.lease(signal);
  const replacing = lease.replace(signal);
  await pool[Symbol.asyncDispose]();
  await replacing;
  await settle();
  assert(made.length >= 3);
  assertEquals(made.filter((decoder) => decoder.alive), []);
  await pool[Symbol.asyncDispose]();
});
