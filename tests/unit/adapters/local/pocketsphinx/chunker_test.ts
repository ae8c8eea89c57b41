import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Chunk, Chunker } from "../../../../../adapters/local/pocketsphinx/chunker.ts";
import type { Frame } from "../../../../../pipeline/audio.ts";

function frame(position: number, length: number): Frame {
  // Each sample tells where it belongs.
  return {
    type: "frame",
    rate: 16000,
    position,
    samples: Int16Array.from({ length }, (_, i) => position + i),
  };
}

function cut(frames: readonly Frame[], chunkSamples: number, gapLimit: number): Chunk[] {
  const chunker = new Chunker({ chunkSamples, gapLimit });
  return [...frames.flatMap((frame) => [...chunker.push(frame)]), ...chunker.rest()];
}

function flat(chunks: readonly Chunk[]): [number, number[]][] {
  return chunks.map(({ position, samples }) => [position, [...samples]]);
}

Deno.test("Chunker.push() gives chunks of one size, whatever the size of the frames", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 20 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 0, max: 1000 }),
    (lengths, chunkSamples, from) => {
      let position = from;
      const frames = lengths.map((length) => {
        const next = frame(position, length);
        position += length;
        return next;
      });
      const chunks = cut(frames, chunkSamples, 0);
      assertEquals(
        chunks.flatMap(({ samples }) => [...samples]),
        Array.from({ length: position - from }, (_, i) => from + i),
      );
      for (const [index, chunk] of chunks.entries()) {
        assertEquals(chunk.position, from + index * chunkSamples);
        if (index < chunks.length - 1) assertEquals(chunk.samples.length, chunkSamples);
      }
    },
  ));
});

Deno.test("Chunker.push() fills a short gap with silence", () => {
  assertEquals(flat(cut([frame(10, 3), frame(15, 3)], 4, 2)), [
    [10, [10, 11, 12, 0]],
    [14, [0, 15, 16, 17]],
  ]);
});

Deno.test("Chunker.push() ends the chunk before a long gap", () => {
  assertEquals(flat(cut([frame(10, 3), frame(16, 3)], 4, 2)), [[10, [10, 11, 12]], [16, [16, 17, 18]]]);
});

Deno.test("Chunker.push() leaves out what came before", () => {
  assertEquals(flat(cut([frame(10, 4), frame(8, 4), frame(12, 4)], 4, 2)), [
    [10, [10, 11, 12, 13]],
    [14, [14, 15]],
  ]);
});

Deno.test("Chunker.push() keeps its own copy of the samples", () => {
  const chunker = new Chunker({ chunkSamples: 2, gapLimit: 0 });
  const first = frame(1, 2);
  const chunks = [...chunker.push(first)];
  first.samples.fill(99);
  assertEquals(flat(chunks), [[1, [1, 2]]]);
});
