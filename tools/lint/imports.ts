/**
 * The import rule: three floors, no arrow that runs back up. A folder may import itself and what its line names: folders, files, packages by
 * their bare names, or `node:` for the platform's built-in modules.
 */
const mayImport: Readonly<Record<string, readonly string[] | "everything">> = {
  "flow": [],
  "protocol": ["flow", "valibot"],
  "pipeline": ["flow"],

  "adapters": [
    "pipeline",
    "flow",
    "media/resample.ts",
    "valibot",
    "ws",
    "eventsource-parser",
    "fvad-wasm",
    "node:",
    "@std/async",
    "@std/encoding",
  ],
  "adapters/compose": ["pipeline", "flow", "telemetry", "lru-cache", "@std/encoding"],
  "adapters/fake": ["pipeline", "flow", "valibot", "pure-rand"],
  "sessions": ["pipeline", "protocol", "flow", "media/opus_decoder.ts", "telemetry", "@std/encoding"],
  "media": ["flow", "wave-codec", "speex-resampler", "opus-decoder"],
  "telemetry": [
    "sessions/observer.ts",
    "adapters/compose/engine_event.ts",
    "pipeline",
    "flow",
    "@std/log",
    "@opentelemetry/api",
    "@prometheus-io/client",
    "node:",
  ],

  "routes": [
    "sessions",
    "protocol",
    "pipeline",
    "flow",
    "media",
    "telemetry",
    "hono",
    "valibot",
    "ws",
    "@std/encoding",
  ],
  "client": ["protocol", "flow"],
  "web": ["client"],
  "cli": ["client", "media", "protocol", "flow", "ws", "@std/async", "node:"],
  "config.ts": [
    "adapters/mod.ts",
    "adapters/provider.ts",
    "adapters/compose/mod.ts",
    "pipeline",
    "flow",
    "valibot",
  ],

  "main.ts": "everything",
  "tests": "everything",
  "bench": "everything",
  "tools": "everything",
};

/** What stands beside the providers' folders in `adapters/` and serves them all. */
const sharedByAdapters = ["adapters/net"];

/** Finds imports that go against the table above: static, type-only, re-exported, dynamic, and `import("…")` types. */
const imports: Deno.lint.Rule = {
  create(context) {
    const importer = pathInRepository(context.filename);
    if (importer === undefined) return {};
    const check = (node: Deno.lint.Node, specifier: string | undefined) => {
      const objection = specifier === undefined ? refuseComputed(importer) : refuse(importer, specifier);
      if (objection !== undefined) context.report({ node, message: objection });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration(node) {
        if (node.source) check(node, node.source.value);
      },
      ImportExpression: (node) => check(node, literalText(node.source)),
      TSImportType(node) {
        const { argument } = node;
        check(node, argument.type === "TSLiteralType" ? literalText(argument.literal) : undefined);
      },
      TSExternalModuleReference: (node) => check(node, node.expression.value),
    };
  },
};

export default imports;

const root = new URL("../../", import.meta.url);

function pathInRepository(filename: string): string | undefined {
  const prefix = decodeURIComponent(root.pathname);
  return filename.startsWith(prefix) ? filename.slice(prefix.length) : undefined;
}

function literalText(node: Deno.lint.Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0]?.cooked;
  return undefined;
}

/** The line of the table that holds for a file: the longest one that names it or a folder around it. */
function lineFor(importer: string): string | undefined {
  return Object.keys(mayImport)
    .filter((key) => covers(key, importer))
    .sort((one, other) => other.length - one.length)[0];
}

function covers(key: string, path: string): boolean {
  return path === key || path.startsWith(`${key}/`);
}

/** The reason why `importer` may not import `specifier`, or `undefined` when it may. */
function refuse(importer: string, specifier: string): string | undefined {
  const line = lineFor(importer);
  const allowed = line === undefined ? [] : mayImport[line]!;
  if (/^(npm|jsr|https?):/.test(specifier)) {
    return `Cannot import ${specifier} from ${importer}: packages go by their bare names in deno.json`;
  }
  if (allowed === "everything") return undefined;
  const target = resolve(importer, specifier);
  if (target !== undefined && inside(importer, target)) return refuseInside(importer, target);
  const wanted = target ?? packageName(specifier);
  if (allowed.some((entry) => target === undefined ? entry === wanted : covers(entry, wanted))) {
    return undefined;
  }
  const list = [line ?? "nothing, it has no line in tools/lint/imports.ts", ...allowed].join(", ");
  return `Cannot import ${wanted} from ${importer}: the import rule allows ${list}`;
}

function refuseComputed(importer: string): string | undefined {
  const line = lineFor(importer);
  if (line !== undefined && mayImport[line] === "everything") return undefined;
  return `Cannot import a computed name from ${importer}: the import rule wants a literal it can check`;
}

/** The path of a relative import within the repository; `undefined` for a package. */
function resolve(importer: string, specifier: string): string | undefined {
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, new URL(importer, root));
  return pathInRepository(decodeURIComponent(url.pathname)) ?? url.pathname;
}

/** `hono` of `hono/ws`, `@std/log` of `@std/log`, `node:` of `node:fs`. */
function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return "node:";
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function inside(importer: string, target: string): boolean {
  return topFolder(importer) !== undefined && topFolder(importer) === topFolder(target);
}

function topFolder(path: string): string | undefined {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined;
}

/** Within `adapters/`, only `mod.ts` knows the providers: a provider's folder reaches itself, what is shared, and the files beside it. */
function refuseInside(importer: string, target: string): string | undefined {
  if (topFolder(importer) !== "adapters" || importer === "adapters/mod.ts") return undefined;
  const reachable = [adapterFolder(importer), ...sharedByAdapters].filter((folder) => folder !== undefined);
  const toFile = adapterFolder(target) === undefined && target !== "adapters/mod.ts";
  if (toFile || reachable.some((folder) => covers(folder, target))) return undefined;
  return `Cannot import ${target} from ${importer}: only adapters/mod.ts names the providers`;
}

/** `adapters/local` of `adapters/local/espeak/voice.ts`; `undefined` of a file that lies in `adapters/` itself. */
function adapterFolder(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 2 ? parts.slice(0, 2).join("/") : undefined;
}
