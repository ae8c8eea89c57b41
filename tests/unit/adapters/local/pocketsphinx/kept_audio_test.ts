import { assertEquals } from "@std/assert";
import { KeptAudio } from "../../../../../adapters/local/pocketsphinx/kept_audio.ts";

function kept(): KeptAudio {
  const audio = new KeptAudio();
  for (const position of [0, 4, 8]) {
    audio.push({ position, samples: Int16Array.from({ length: 4 }, (_, i) => position + i) });
  }
  return audio;
}

function rest(audio: KeptAudio): [number, number[]][] {
  const chunks: [number, number[]][] = [];
  for (let chunk = audio.next; chunk; chunk = audio.next) {
    chunks.push([chunk.position, [...chunk.samples]]);
    audio.advance();
  }
  return chunks;
}

Deno.test("KeptAudio gives its chunks in order, and again after restart()", () => {
  const audio = kept();
  const all = rest(audio);
  assertEquals(all.map(([position]) => position), [0, 4, 8]);
  assertEquals(rest(audio), []);
  audio.restart();
  assertEquals(rest(audio), all);
});

Deno.test("KeptAudio.moveTo() cuts the chunk that the position lies within", () => {
  const audio = kept();
  rest(audio);
  audio.moveTo(6);
  assertEquals(rest(audio), [[6, [6, 7]], [8, [8, 9, 10, 11]]]);
  audio.restart();
  assertEquals(rest(audio), [[0, [0, 1, 2, 3]], [4, [4, 5]], [6, [6, 7]], [8, [8, 9, 10, 11]]]);
});

Deno.test("KeptAudio.moveTo() takes the edges of chunks and of all", () => {
  const audio = kept();
  audio.moveTo(4);
  assertEquals(rest(audio).length, 2);
  audio.moveTo(12);
  assertEquals(rest(audio), []);
  audio.moveTo(-5);
  assertEquals(rest(audio).length, 3);
});

Deno.test("KeptAudio.drop() drops what ends before the position and was given to the decoder", () => {
  const audio = kept();
  audio.drop(100);
  assertEquals(audio.size, 12);
  audio.advance();
  audio.advance();
  audio.drop(7);
  assertEquals(audio.size, 8);
  audio.drop(100);
  assertEquals(audio.size, 4);
  assertEquals(rest(audio), [[8, [8, 9, 10, 11]]]);
});
