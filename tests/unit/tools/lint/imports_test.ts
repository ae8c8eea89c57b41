import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import plugin from "../../../../tools/lint/house.ts";

const root = decodeURIComponent(new URL("../../../../", import.meta.url).pathname);

/** What the rule says about a file at `path` with this source. */
function findings(path: string, source: string): Deno.lint.Diagnostic[] {
  return Deno.lint.runPlugin(plugin, `${root}${path}`, source).filter(({ id }) => id === "house/imports");
}

function objections(path: string, source: string): string[] {
  return findings(path, source).map(({ message }) => message);
}

const kinds: readonly (readonly [kind: string, source: (specifier: string) => string])[] = [
  ["a static import", (specifier) => `import { a } from "${specifier}"; a();`],
  ["an import for its side effects", (specifier) => `import "${specifier}";`],
  ["a namespace import", (specifier) => `import * as a from "${specifier}"; a.b();`],
  ["a type import", (specifier) => `import type { A } from "${specifier}"; export type B = A;`],
  ["an inline type import", (specifier) => `import { type A } from "${specifier}"; export type B = A;`],
  ["a re-export", (specifier) => `export { a } from "${specifier}";`],
  ["a re-export of types", (specifier) => `export type { A } from "${specifier}";`],
  ["a re-export of everything", (specifier) => `export * from "${specifier}";`],
  ["a dynamic import", (specifier) => `export async function f() { return await import("${specifier}"); }`],
  ["a dynamic import of a template", (specifier) => `export const f = () => import(\`${specifier}\`);`],
  ["an import type", (specifier) => `export type A = import("${specifier}").B;`],
  ["an import of a type's type", (specifier) => `export type A = typeof import("${specifier}");`],
  ["an import with require", (specifier) => `import a = require("${specifier}"); a();`],
];

for (const [kind, source] of kinds) {
  Deno.test(`house/imports sees ${kind}`, () => {
    assertEquals(objections("routes/stream.ts", source("../adapters/local/mod.ts")), [
      "Cannot import adapters/local/mod.ts from routes/stream.ts: the import rule allows routes, sessions, protocol, " +
      "pipeline, flow, media, telemetry, hono, valibot, ws, @std/encoding",
    ]);
    assertEquals(objections("routes/stream.ts", source("../sessions/registry.ts")), []);
  });
}

/** Every line of the rule, with imports it allows and imports it refuses. */
const edges: readonly { from: string; allows: readonly string[]; refuses: readonly string[] }[] = [
  {
    from: "flow/queue.ts",
    allows: ["./clock.ts"],
    refuses: ["../pipeline/ports.ts", "../protocol/codec.ts", "valibot", "node:fs", "@std/async"],
  },
  {
    from: "protocol/codec.ts",
    allows: ["./messages.ts", "../flow/queue.ts", "valibot"],
    refuses: ["../pipeline/audio.ts", "../sessions/registry.ts", "../client/session.ts", "node:buffer", "ws"],
  },
  {
    from: "pipeline/stages/commit.ts",
    allows: ["../ports.ts", "./text.ts", "../../flow/queue.ts"],
    refuses: ["../../adapters/mod.ts", "../../protocol/codec.ts", "../../telemetry/log.ts", "valibot"],
  },
  {
    from: "adapters/local/espeak.ts",
    allows: [
      "./process.ts",
      "./voices/es.ts",
      "../provider.ts",
      "../net/socket.ts",
      "../../pipeline/ports.ts",
      "../../flow/queue.ts",
      "valibot",
      "ws",
      "node:process",
    ],
    refuses: [
      "../mod.ts",
      "../deepgram/recognizer.ts",
      "../fake/voice.ts",
      "../compose/retrying.ts",
      "../../telemetry/log.ts",
      "../../routes/stream.ts",
      "../../config.ts",
      "../../main.ts",
      "hono",
    ],
  },
  {
    from: "adapters/compose/measured.ts",
    allows: ["../../telemetry/log.ts", "../../pipeline/ports.ts", "../provider.ts", "./retrying.ts"],
    refuses: ["../local/espeak.ts", "../mod.ts", "../../sessions/registry.ts"],
  },
  { from: "adapters/mod.ts", allows: ["./local/mod.ts", "./fake/mod.ts"], refuses: ["../telemetry/log.ts"] },
  { from: "adapters/provider.ts", allows: ["../pipeline/ports.ts"], refuses: ["./local/mod.ts", "./mod.ts"] },
  { from: "adapters/net/socket.ts", allows: ["ws", "../provider.ts"], refuses: ["../local/espeak.ts"] },
  {
    from: "sessions/registry.ts",
    allows: [
      "../pipeline/ports.ts",
      "../protocol/link.ts",
      "../flow/queue.ts",
      "../telemetry/log.ts",
      "../media/opus_decoder.ts",
    ],
    refuses: ["../routes/stream.ts", "../adapters/mod.ts", "../media/wav.ts", "hono", "../config.ts"],
  },
  {
    from: "media/wav.ts",
    allows: ["../flow/queue.ts", "wave-codec", "speex-resampler", "opus-decoder"],
    refuses: ["../pipeline/audio.ts", "hono", "../routes/stream.ts"],
  },
  {
    from: "routes/translate.ts",
    allows: ["../media/wav.ts", "hono", "hono/ws", "../telemetry/log.ts", "../pipeline/error.ts"],
    refuses: ["../adapters/mod.ts", "../config.ts", "../client/session.ts", "wave-codec", "@std/log"],
  },
  {
    from: "telemetry/log.ts",
    allows: ["@std/log", "../flow/clock.ts", "../sessions/observer.ts", "../pipeline/session_event.ts"],
    refuses: ["../sessions/registry.ts", "../adapters/compose/mod.ts", "../routes/app.ts"],
  },
  {
    from: "client/session.ts",
    allows: ["../protocol/link.ts", "../flow/queue.ts"],
    refuses: ["../media/wav.ts", "../sessions/registry.ts", "../cli/translate.ts", "ws", "node:net"],
  },
  {
    from: "web/main.ts",
    allows: ["../client/session.ts", "./captions.ts"],
    refuses: ["../protocol/codec.ts", "../routes/stream.ts"],
  },
  {
    from: "cli/translate.ts",
    allows: ["../client/session.ts", "../media/wav.ts", "../protocol/codec.ts", "../flow/queue.ts"],
    refuses: ["../sessions/registry.ts", "../main.ts", "../pipeline/ports.ts"],
  },
  {
    from: "config.ts",
    allows: [
      "./adapters/mod.ts",
      "./adapters/provider.ts",
      "./pipeline/language.ts",
      "./flow/clock.ts",
      "valibot",
    ],
    refuses: ["./adapters/local/mod.ts", "./routes/app.ts", "./main.ts", "hono"],
  },
  {
    from: "main.ts",
    allows: ["./config.ts", "./adapters/local/mod.ts", "./routes/app.ts", "hono", "node:process"],
    refuses: [],
  },
  {
    from: "tests/e2e/stream_test.ts",
    allows: ["../../main.ts", "../support/x.ts", "fast-check"],
    refuses: [],
  },
  { from: "bench/main.ts", allows: ["../adapters/fake/mod.ts"], refuses: [] },
  { from: "tools/setup.ts", allows: ["../adapters/local/packages.ts"], refuses: [] },
];

for (const { from, allows, refuses } of edges) {
  Deno.test(`house/imports holds the line of ${from}`, () => {
    for (const specifier of allows) assertEquals(objections(from, `import "${specifier}";`), []);
    for (const specifier of refuses) {
      const [objection, ...more] = objections(from, `import "${specifier}";`);
      assertEquals(more, []);
      assertStringIncludes(objection ?? `nothing said about ${specifier} in ${from}`, `from ${from}:`);
    }
  });
}

Deno.test("house/imports wants packages by their bare names, everywhere", () => {
  for (const specifier of ["npm:hono@4", "jsr:@std/assert", "https://deno.land/x/a.ts"]) {
    for (const path of ["routes/app.ts", "main.ts", "tests/a_test.ts"]) {
      assertMatch(objections(path, `import "${specifier}";`).join(), /packages go by their bare names/);
    }
  }
});

Deno.test("house/imports refuses a dynamic import that it cannot check, except where everything may be imported", () => {
  const source = "export const load = (name: string) => import(name);";
  assertMatch(
    objections("routes/app.ts", source).join(),
    /Cannot import a computed name from routes\/app\.ts/,
  );
  assertEquals(objections("main.ts", source), []);
});

Deno.test("house/imports refuses a folder that has no line, and a path out of the repository", () => {
  assertMatch(objections("helpers/a.ts", 'import "../flow/queue.ts";').join(), /it has no line/);
  assertEquals(objections("helpers/a.ts", 'import "./b.ts";'), []);
  assertEquals(objections("flow/queue.ts", 'import "../../elsewhere/a.ts";').length, 1);
});

Deno.test("house/imports reports each violation in a file at its own place", () => {
  const source = 'import "../flow/queue.ts";\nimport "hono";\nexport * from "../routes/app.ts";\n';
  const found = findings("pipeline/ports.ts", source);
  assertEquals(found.map(({ range }) => source.slice(...range)), [
    'import "hono";',
    'export * from "../routes/app.ts";',
  ]);
});

Deno.test("house/imports says nothing about imports in comments and strings", () => {
  const source =
    '/** {@link import("../routes/app.ts")} */\nexport const a = \'import "hono"\'; // import "hono"';
  assertEquals(objections("flow/queue.ts", source), []);
});

Deno.test("house/imports is switched on in deno.json", async () => {
  const { lint } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  assertEquals(lint.plugins, ["./tools/lint/house.ts"]);
});
