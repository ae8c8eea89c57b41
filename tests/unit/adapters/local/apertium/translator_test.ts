import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { apertiumTranslator } from "../../../../../adapters/local/apertium/translator.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";

const signal = new AbortController().signal;

async function refusal(source: string, target: string): Promise<PipelineError> {
  await using engine = apertiumTranslator({ modesFolder: "/nonexistent/modes" });
  assertEquals(engine.traits.pairs, []);
  return await assertRejects(() => engine.open({ source, target, glossary: {}, signal }), PipelineError);
}

Deno.test("apertiumTranslator() says how to install a pair that is not there", async () => {
  const error = await refusal("en", "pt-BR");
  assertEquals(error.kind, "unavailable");
  assertStringIncludes(error.message, "from en to pt-BR");
  assertStringIncludes(error.message, "apt-get install apertium apertium-eng-spa apertium-es-pt");
});

Deno.test("apertiumTranslator() refuses a pair that Apertium does not have", async () => {
  for (const [source, target] of [["en", "ja"], ["en-US", "en-GB"]] as const) {
    assertEquals((await refusal(source, target)).kind, "unsupported_language");
  }
});
