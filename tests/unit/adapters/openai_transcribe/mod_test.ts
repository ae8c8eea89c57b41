import { assert, assertEquals, assertGreater } from "@std/assert";
import * as v from "valibot";
import { openaiRealtime } from "../../../../adapters/openai_realtime/mod.ts";
import { openaiTranscribe } from "../../../../adapters/openai_transcribe/mod.ts";
import { canonicalTag } from "../../../../pipeline/language.ts";
import { transcriptionServer } from "../../../support/contract/transcription.ts";

const key = "sk-test-0123456789";
const { signal } = new AbortController();

Deno.test("openai_transcribe and openai_realtime can be made of a key and defaults", async () => {
  const transcribe = v.parse(v.object(openaiTranscribe.settings), { OPENAI_API_KEY: key });
  const realtime = v.parse(v.object(openaiRealtime.settings), { OPENAI_API_KEY: key });
  await using one = openaiTranscribe.create(transcribe);
  await using other = openaiRealtime.create(realtime);
  for (const [engine, name] of [[one, "openai_transcribe"], [other, "openai_realtime"]] as const) {
    assertEquals(engine.name, name);
    assertGreater(engine.traits.languages.length, 50);
    for (const tag of engine.traits.languages) assertEquals(canonicalTag(tag), tag);
    assert(engine.traits.formats.some(({ codec, rate }) => codec === "pcm_s16le" && rate === 16_000));
  }
});

Deno.test("openai_transcribe and openai_realtime say by name what they lack, and describe every setting", () => {
  for (const { name, settings } of [openaiTranscribe, openaiRealtime]) {
    const { issues = [] } = v.safeParse(v.object(settings as v.ObjectEntries), {});
    assertEquals(issues.map((issue) => v.getDotPath(issue)), ["OPENAI_API_KEY"], name);
    for (const [setting, schema] of Object.entries<v.GenericSchema>(settings)) {
      assert((v.getDescription(schema) ?? "").length > 10, `${name} does not describe ${setting}`);
    }
  }
});

Deno.test("openai_transcribe sends no key of OpenAI's to a server of one's own, and trusts words after two transcripts", async () => {
  await using server = transcriptionServer({ dialect: "whisper.cpp" });
  const values = v.parse(v.object(openaiTranscribe.settings), {
    OPENAI_API_KEY: key,
    PARLEY_OPENAI_TRANSCRIBE_URL: server.address,
    PARLEY_OPENAI_TRANSCRIBE_INTERIM_MS: "700",
  });
  await using engine = openaiTranscribe.create(values);
  assertEquals(engine.traits.stableAfterMs, 1400);
  const format = { codec: "pcm_s16le", rate: 16_000 } as const;
  await using _hearing = await engine.open({ languages: ["en"], format, glossary: {}, signal });
  assertEquals(server.requests.map(({ headers }) => headers.get("authorization")), [null]);
});
