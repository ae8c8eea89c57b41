import { assertEquals, assertLessOrEqual, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { MediaError } from "../../../media/error.ts";
import { readSpeech } from "../../../media/source.ts";
import { CountedSignal } from "../../support/counted_signal.ts";
import { u16, wavFile } from "../../support/wav_file.ts";

const signal = new AbortController().signal;

/** A body in pieces of so many bytes. */
async function* bodyOf(file: Uint8Array, pieceBytes = file.length): AsyncGenerator<Uint8Array, void> {
  for (let offset = 0; offset < file.length; offset += pieceBytes) {
    yield await Promise.resolve(file.subarray(offset, offset + pieceBytes));
  }
}

async function samplesOf(body: AsyncIterable<Uint8Array>, type: string, rate = 16_000): Promise<number[]> {
  const samples: number[] = [];
  for await (const piece of readSpeech(body, { type, rate }, signal)) {
    assertLessOrEqual(piece.length, rate / 10);
    samples.push(...piece);
  }
  return samples;
}

const ramp = Array.from({ length: 5000 }, (_, index) => index - 2500);

Deno.test("readSpeech() gives the samples of a WAV file at its own rate unchanged", async () => {
  assertEquals(await samplesOf(bodyOf(wavFile({ data: ramp.flatMap(u16) })), "audio/wav"), ramp);
});

Deno.test("readSpeech() gives the same samples however the body is cut", async () => {
  const file = wavFile({ rate: 22_050, channels: 2, data: ramp.flatMap(u16) });
  const whole = await samplesOf(bodyOf(file), "audio/wav");
  assertEquals(whole.length, Math.round(2500 * 16_000 / 22_050));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9000 }), async (pieceBytes) => {
      assertEquals(await samplesOf(bodyOf(file, pieceBytes), "audio/wav"), whole);
    }),
    { numRuns: 20 },
  );
});

Deno.test("readSpeech() reads raw audio by its content type", async () => {
  const big = new Uint8Array([0x12, 0x34, 0xff, 0xfe]);
  assertEquals(await samplesOf(bodyOf(big), "audio/L16;rate=16000"), [0x1234, -2]);
  assertEquals(await samplesOf(bodyOf(big), "audio/pcm;rate=16000"), [0x3412, -257]);
  const upsampled = await samplesOf(bodyOf(new Uint8Array(1600)), "audio/pcm;rate=8000;channels=2", 24_000);
  assertEquals(upsampled.length, 1200);
});

Deno.test("readSpeech() hands a live piece on before the next one comes", async () => {
  const header = wavFile({ data: [], dataBytes: 0xffffffff });
  const log: string[] = [];
  async function* live() {
    yield header;
    for (let index = 0; index < 3; index += 1) {
      log.push(`sent ${index}`);
      yield await Promise.resolve(new Uint8Array(640));
    }
  }
  for await (const piece of readSpeech(live(), { type: "audio/wav", rate: 16_000 }, signal)) {
    log.push(`got ${piece.length}`);
  }
  assertEquals(log, ["sent 0", "got 320", "sent 1", "got 320", "sent 2", "got 320"]);
});

Deno.test("readSpeech() joins a body that trickles in", async () => {
  const lengths: number[] = [];
  const body = bodyOf(wavFile({ data: Array(1000).fill(0) }), 1);
  for await (const piece of readSpeech(body, { type: "audio/wav", rate: 16_000 }, signal)) {
    lengths.push(piece.length);
  }
  assertEquals(lengths, [160, 160, 160, 20]);
});

Deno.test("readSpeech() hands on what came before the error", async () => {
  const file = wavFile({ data: ramp.flatMap(u16), dataBytes: 20_000 });
  const samples: number[] = [];
  const error = await assertRejects(async () => {
    for await (const piece of readSpeech(bodyOf(file), { type: "audio/wav", rate: 16_000 }, signal)) {
      samples.push(...piece);
    }
  }, MediaError);
  assertEquals(error.kind, "truncated");
  assertEquals(samples, ramp.slice(0, samples.length));
  assertEquals(samples.length, 5000);
});

Deno.test("readSpeech() refuses an unsupported type, an empty WAV body and a file of another kind", async () => {
  const refuse = async (body: Uint8Array, type: string, kind: string, text: string) => {
    const error = await assertRejects(() => samplesOf(bodyOf(body), type), MediaError);
    assertEquals(error.kind, kind);
    assertStringIncludes(error.message, text);
  };
  await refuse(new Uint8Array(4), "audio/mpeg", "unsupported", "audio/wav");
  await refuse(new Uint8Array(0), "audio/wav", "truncated", "0 bytes");
  await refuse(new TextEncoder().encode("ID3 an mp3 file"), "audio/wav", "malformed", "expected RIFF");
  await refuse(new Uint8Array(3), "audio/pcm;rate=16000", "truncated", "1 bytes are left");
});

Deno.test("readSpeech() gives nothing for raw audio without samples", async () => {
  assertEquals(await samplesOf(bodyOf(new Uint8Array(0)), "audio/pcm;rate=16000"), []);
});

Deno.test("readSpeech() tells the body when nobody reads on or the audio is refused", async () => {
  let told = 0;
  const stream = (first: Uint8Array) =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(first),
      cancel: () => {
        told += 1;
      },
    });
  for await (
    const piece of readSpeech(
      stream(new Uint8Array(640)),
      { type: "audio/pcm;rate=16000", rate: 16_000 },
      signal,
    )
  ) {
    assertEquals(piece.length, 320);
    break;
  }
  await assertRejects(() => samplesOf(stream(new Uint8Array(640)), "audio/wav"), MediaError);
  await Promise.resolve();
  assertEquals(told, 2);
});

Deno.test("readSpeech() rejects with the signal's reason while the body stalls, and leaves no listener", async () => {
  const stop = new AbortController();
  const stalled: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
  };
  const reason = new Error("gone");
  const reading = assertRejects(async () => {
    for await (const _ of readSpeech(stalled, { type: "audio/wav", rate: 16_000 }, stop.signal));
  });
  stop.abort(reason);
  assertEquals(await reading, reason);
  const counted = new CountedSignal();
  const body = bodyOf(wavFile({ data: ramp.flatMap(u16) }), 100);
  for await (const _ of readSpeech(body, { type: "audio/wav", rate: 16_000 }, counted.signal));
  assertEquals(counted.listeners, 0);
});

Deno.test("readSpeech() passes on what the body fails with", async () => {
  async function* failing(): AsyncGenerator<Uint8Array, void> {
    yield new Uint8Array(10);
    throw await Promise.resolve(new TypeError("connection reset"));
  }
  await assertRejects(() => samplesOf(failing(), "audio/pcm;rate=16000"), TypeError, "connection reset");
});
