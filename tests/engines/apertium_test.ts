import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { apertium } from "../../adapters/local/apertium/mod.ts";
import { type ApertiumTranslator, apertiumTranslator } from "../../adapters/local/apertium/translator.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Glossary, Translation } from "../../pipeline/ports.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { requireEngine } from "../support/engines.ts";
import { runningProcesses } from "../support/processes.ts";

const required = requireEngine(["apertium"]);
const signal = new AbortController().signal;
const modesFolder = "/usr/share/apertium/modes";

conformTranslator("apertium", () => ({
  create: () => apertium.create({ PARLEY_APERTIUM_MODES: modesFolder }),
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "The house is big.", contains: "casa" }, {
    text: "I saw the white dog.",
    contains: "perro",
  }],
}), required);

function open(
  engine: ApertiumTranslator,
  source = "en",
  target = "es",
  glossary: Glossary = {},
): Promise<Translation> {
  return engine.open({ source, target, glossary, signal });
}

async function translate(session: Translation, text: string): Promise<string> {
  let translation = "";
  for await (const event of session.translate({ segment: 1, text, history: [] }, signal)) {
    if (event.type === "append") translation += event.text;
  }
  return translation;
}

/** The programs of a pipeline, in no order, without the shell that holds them together. */
function programs(group: number): { pid: number; name: string }[] {
  return runningProcesses().filter((entry) => entry.group === group && entry.pid !== group);
}

Deno.test("apertium keeps marks, numbers and case", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine);
  assertEquals(await translate(session, "The house is big."), "La casa es grande.");
  assertEquals(await translate(session, "The house is big"), "La casa es grande");
  assertEquals(await translate(session, "the house is big"), "la casa es grande");
  const question = await translate(session, "Hello, do you have 12 houses [x/y]?");
  assert(/^Hola, .*12 casas \[x\/y\]\?$/.test(question), question);
});

Deno.test("apertium understands text without capitals", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine);
  for (
    const [text, contains] of [
      ["we go to london on monday", "Londres el lunes"],
      ["i think that english is hard", "inglés"],
      ["mister smith was there", "señor"],
    ]
  ) {
    assertStringIncludes((await translate(session, text!)).toLowerCase(), contains!.toLowerCase());
  }
  assertEquals(await translate(session, "i'm happy"), await translate(session, "I'm happy").then(lowerFirst));
});

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

Deno.test("apertium follows the glossary", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine, "en", "es", { "Big Apple": "Gran Manzana", house: "morada" });
  assertEquals(
    await translate(session, "I saw the big apple and the house."),
    "Vi el Gran Manzana y el morada.",
  );
});

Deno.test("apertium translates back into the English that is wanted", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine, "es-MX", "en-US");
  assertStringIncludes(await translate(session, "La casa es grande."), "The house is big.");
});

Deno.test("apertium goes through a third language where there is no direct mode", required, async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Spanish to "Portuguese" is Spanish to English under another name: it shows that both modes are used.
    await Deno.copyFile(`${modesFolder}/eng-spa.mode`, `${folder}/eng-spa.mode`);
    await Deno.copyFile(`${modesFolder}/spa-eng.mode`, `${folder}/spa-por.mode`);
    await using engine = apertiumTranslator({ modesFolder: folder });
    assertEquals(engine.traits.pairs, [
      { source: "en", target: "es" },
      { source: "en", target: "pt" },
      { source: "es", target: "pt" },
    ]);
    await using session = await open(engine, "en", "pt-BR");
    assertEquals(await translate(session, "The house is big [1/2]."), "The house is big [1/2].");
    assertEquals(engine.processGroups().length, 3, "Process groups of two pipelines and one dictionary");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(
  "apertium shares its processes between sessions and ends them all when it is disposed",
  required,
  async () => {
    const engine = apertiumTranslator({ modesFolder });
    await using _one = await open(engine);
    const groups = engine.processGroups();
    await using _other = await open(engine);
    assertEquals(engine.processGroups(), groups);
    assert(groups.length === 2 && groups.every((group) => programs(group).length > 0), "Nothing runs");
    await engine[Symbol.asyncDispose]();
    const left = runningProcesses().filter((entry) => groups.includes(entry.group));
    assertEquals(left, []);
  },
);

Deno.test("apertium ends its processes when nobody has used it for a while", required, async () => {
  await using engine = apertiumTranslator({ modesFolder, idleMs: 1 });
  const session = await open(engine);
  const groups = engine.processGroups();
  await session[Symbol.asyncDispose]();
  while (runningProcesses().some((entry) => groups.includes(entry.group))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(engine.processGroups(), []);
});

Deno.test("apertium goes on after any of its programs was killed", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine);
  const count = programs(engine.processGroups()[0]!).length;
  for (let index = 0; index < count; index += 2) {
    const before = engine.processGroups()[0]!;
    Deno.kill(programs(before)[index]!.pid, "SIGKILL");
    assertEquals(await translate(session, "The house is big."), "La casa es grande.");
    assert(engine.processGroups()[0] !== before, "It goes on with a pipeline that is broken");
  }
});

Deno.test("apertium answers what was in hand when a program was killed", required, async () => {
  await using engine = apertiumTranslator({ modesFolder });
  await using session = await open(engine);
  const text = "The house is big. ".repeat(50);
  const wanted = "La casa es grande. ".repeat(50).trim();
  for (const name of ["lt-proc", "apertium-tagger", "lrx-proc", "apertium-postch"]) {
    const waiting = Array.from({ length: 5 }, () => translate(session, text));
    await new Promise((resolve) => setTimeout(resolve, 10));
    Deno.kill(programs(engine.processGroups()[0]!).find((program) => program.name === name)!.pid, "SIGKILL");
    for (const translation of await Promise.all(waiting)) {
      assert(
        translation === wanted,
        `A translation has ${translation.length} characters, expected ${wanted.length}`,
      );
    }
  }
});

Deno.test("apertium says that it is not available when its data is not there", required, async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/eng-spa.mode`,
      "lt-proc '/nonexistent/eng-spa.automorf.bin' | apertium-pretransfer",
    );
    await Deno.writeTextFile(`${folder}/spa-eng.mode`, "rm -rf /nonexistent");
    await using engine = apertiumTranslator({ modesFolder: folder });
    for (const [source, target] of [["en", "es"], ["es", "en"]]) {
      const error = await assertRejects(() => open(engine, source, target), PipelineError);
      assertEquals(error.kind, "unavailable");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
