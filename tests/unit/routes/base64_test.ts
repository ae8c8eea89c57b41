import { assertEquals, assertRejects } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import fc from "fast-check";
import type { Clock } from "../../../flow/clock.ts";
import { MediaError } from "../../../media/error.ts";
import { decodeSlices, encodeSlices } from "../../../routes/base64.ts";

const { signal } = new AbortController();

/** A clock that counts how often others got a turn. */
function turns(): Clock & { count: number } {
  return {
    count: 0,
    now: () => 0,
    sleep(_ms, signal) {
      this.count += 1;
      return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve();
    },
  };
}

async function decoded(text: string, clock: Clock = turns()): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const slice of decodeSlices(text, clock, signal)) for (const byte of slice) bytes.push(byte);
  return Uint8Array.from(bytes);
}

/** Runs with what the platform has built in, and again as where it has nothing. */
async function onEveryPlatform(work: () => Promise<void>): Promise<void> {
  await work();
  const places = [[Uint8Array, "fromBase64"], [Uint8Array.prototype, "toBase64"]] as const;
  const native = places.map(([place, name]) => Object.getOwnPropertyDescriptor(place, name));
  for (const [place, name] of places) Reflect.deleteProperty(place, name);
  try {
    await work();
  } finally {
    for (const [index, [place, name]] of places.entries()) {
      const descriptor = native[index];
      if (descriptor) Object.defineProperty(place, name, descriptor);
    }
  }
}

Deno.test("decodeSlices() and encodeSlices() give back any bytes, with the platform's code and with the library's", async () => {
  await onEveryPlatform(() =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const text = await encodeSlices(bytes, turns(), signal);
        assertEquals(text, encodeBase64(bytes));
        assertEquals(await decoded(text), bytes);
      }),
      { numRuns: 50 },
    )
  );
});

Deno.test("decodeSlices() and encodeSlices() let others have a turn after every slice", async () => {
  await onEveryPlatform(async () => {
    const bytes = Uint8Array.from({ length: 500_001 }, (_, index) => index % 251);
    const text = encodeBase64(bytes);
    const [decoding, encoding] = [turns(), turns()];
    assertEquals(await decoded(text, decoding), bytes);
    assertEquals(await encodeSlices(bytes, encoding, signal), text);
    assertEquals([decoding.count, encoding.count], [Math.ceil(text.length / 65_536) - 1, 2]);
  });
});

Deno.test("decodeSlices() passes over white space, even where it shifts the slices", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 256);
  assertEquals(await decoded(encodeBase64(bytes).replaceAll(/.{76}/g, "$&\r\n")), bytes);
});

Deno.test("decodeSlices() refuses what is not base64, without repeating it", async () => {
  await onEveryPlatform(async () => {
    const error = await assertRejects(() => decoded("wombat!!"), MediaError, "not base64");
    assertEquals([error.kind, error.message.includes("wombat")], ["malformed", false]);
  });
});

Deno.test("decodeSlices() stops when its signal aborts", async () => {
  const gone = new AbortController();
  const slices = decodeSlices("A".repeat(200_000), turns(), gone.signal);
  await slices.next();
  gone.abort(new Error("gone"));
  await assertRejects(() => slices.next(), Error, "gone");
});
