import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as v from "valibot";
import { espeak } from "../../../../../adapters/local/espeak/mod.ts";
import { espeakSynthesizer } from "../../../../../adapters/local/espeak/synthesizer.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";

const signal = new AbortController().signal;

Deno.test("espeakSynthesizer() says how to install what is not there", async () => {
  await using engine = espeakSynthesizer({ command: "/nonexistent/espeak-ng" });
  const formats = engine.traits.formats;
  const error = await assertRejects(() => engine.open({ language: "es", formats, signal }), PipelineError);
  assertEquals(error.kind, "unavailable");
  assertStringIncludes(error.message, "apt-get install espeak-ng");
});

Deno.test("espeakSynthesizer() names the format that it gives", async () => {
  await using engine = espeakSynthesizer();
  const formats = [{ codec: "pcm_s16le" as const, rate: 16000 }];
  const error = await assertRejects(() => engine.open({ language: "es", formats, signal }), PipelineError);
  assertEquals([error.kind, error.message.includes("pcm_s16le at 22050 Hz")], ["invalid_request", true]);
});

Deno.test("espeak.settings have defaults and limits", () => {
  const schema = v.object(espeak.settings);
  assertEquals(v.parse(schema, {}), { PARLEY_ESPEAK_WPM: 175, PARLEY_ESPEAK_MAX: 8 });
  for (
    const settings of [{ PARLEY_ESPEAK_WPM: "99" }, { PARLEY_ESPEAK_MAX: "0" }, { PARLEY_ESPEAK_MAX: "many" }]
  ) {
    assertEquals(v.safeParse(schema, settings).success, false);
  }
});
