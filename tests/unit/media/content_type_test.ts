import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseAudioType } from "../../../media/content_type.ts";
import { MediaError, type MediaErrorKind } from "../../../media/error.ts";

Deno.test("parseAudioType() knows the names of WAV, with any parameters", () => {
  for (const type of ["audio/wav", "audio/x-wav", "AUDIO/WAVE", "audio/vnd.wave;codec=1", " audio/wav ; x"]) {
    assertEquals(parseAudioType(type), { container: "wav" });
  }
});

Deno.test("parseAudioType() reads audio/pcm: little-endian mono unless it says otherwise", () => {
  assertEquals(parseAudioType("audio/pcm;rate=16000"), {
    container: "raw",
    rate: 16_000,
    channels: 1,
    endian: "little",
  });
  assertEquals(parseAudioType('Audio/PCM; Rate="48000" ; channels=2; encoding=S16BE;'), {
    container: "raw",
    rate: 48_000,
    channels: 2,
    endian: "big",
  });
});

Deno.test("parseAudioType() reads audio/L16: big-endian", () => {
  assertEquals(parseAudioType("audio/L16;rate=8000;channels=1"), {
    container: "raw",
    rate: 8000,
    channels: 1,
    endian: "big",
  });
});

const refusals: readonly [header: string | null, kind: MediaErrorKind, ...texts: string[]][] = [
  [null, "unsupported", "content type is missing", "audio/wav", "audio/pcm", "audio/L16"],
  ["", "unsupported", "content type is missing"],
  ["audio/mpeg", "unsupported", '"audio/mpeg"', "audio/wav"],
  ["multipart/form-data; boundary=x", "unsupported", "multipart/form-data"],
  ["audio/pcm", "malformed", "rate is missing", "a number"],
  ["audio/pcm;rate=", "malformed", '"rate="', "name=value"],
  ["audio/pcm;rate=16k", "malformed", '"16k"'],
  ["audio/pcm;rate=-1", "malformed", '"-1"'],
  ["audio/pcm;rate=16000;rate=8000", "malformed", "each name once"],
  ["audio/pcm;rate=0", "unsupported", "0 Hz", "8000 to 96000"],
  ["audio/pcm;rate=16000;channels=9", "unsupported", "9 channels", "1 to 8"],
  ["audio/pcm;rate=16000;encoding=f32le", "unsupported", '"f32le"', "s16le"],
  ["audio/pcm;rate=16000;bits=24", "unsupported", '"bits"'],
  ["audio/L16;rate=16000;encoding=s16le", "unsupported", '"encoding"'],
];

for (const [header, kind, ...texts] of refusals) {
  Deno.test(`parseAudioType() refuses ${JSON.stringify(header)}`, () => {
    const error = assertThrows(() => parseAudioType(header), MediaError);
    assertEquals(error.kind, kind);
    for (const text of texts) assertStringIncludes(error.message, text);
  });
}

Deno.test("parseAudioType() throws nothing but short MediaErrors for arbitrary text", () => {
  const parameter = fc.tuple(fc.constantFrom("rate", "channels", "encoding", "x"), fc.string()).map((pair) =>
    pair.join("=")
  );
  const header = fc.tuple(
    fc.constantFrom("audio/pcm", "audio/L16", "audio/wav", "a"),
    fc.array(fc.oneof(parameter, fc.string({ maxLength: 300 }))),
  ).map(([type, parts]) => [type, ...parts].join(";"));
  fc.assert(fc.property(header, (text) => {
    try {
      parseAudioType(text);
    } catch (error) {
      assertEquals(error instanceof MediaError, true, `${error}`);
      assertEquals((error as MediaError).message.length < 600, true);
    }
  }));
});
