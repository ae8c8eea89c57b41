import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { MarkReader } from "../../../../pipeline/stages/mark_reader.ts";

function marks(language: string, ...pieces: readonly string[]): string[] {
  const reader = new MarkReader(language);
  return pieces.flatMap((piece) => reader.read(piece)).map(({ text, mark }) => `${text}<${mark ?? ""}>`);
}

Deno.test("MarkReader.read() cuts after sentence marks and commas", () => {
  assertEquals(marks("es", "Hola, amigos. ¿Vamos"), ["Hola,<comma>", " amigos.<sentence>", " ¿Vamos<>"]);
  assertEquals(marks("ja", "こんにちは、元気。はい"), ["こんにちは、<comma>", "元気。<sentence>", "はい<>"]);
});

Deno.test("MarkReader.read() joins a word that comes in pieces before it judges its mark", () => {
  assertEquals(marks("es", " Sr", ". Pérez", " va."), [" Sr<>", ". Pérez<>", " va.<sentence>"]);
});

Deno.test("MarkReader.read() gives every character once", () => {
  fc.assert(fc.property(fc.array(fc.string()), (pieces) => {
    const reader = new MarkReader("es");
    for (const piece of pieces) assertEquals(reader.read(piece).map(({ text }) => text).join(""), piece);
  }));
});
