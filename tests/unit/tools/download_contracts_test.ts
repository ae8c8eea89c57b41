import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding";
import { downloadContracts } from "../../../tools/download_contracts.ts";
import { type PublishedFile, publishedFiles } from "../../../tools/published_contracts.ts";

const text = "openapi: 3.1.0\n";
const sha256 = encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

function file(name: string, path: string): PublishedFile {
  return { name, repository: "vendor/specs", commit: "a".repeat(40), path, sha256, licence: "MIT" };
}

/** Serves one right file and one that has been changed, and counts what is asked for. */
function serveFiles() {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    if (pathname.endsWith("/right.yml")) return new Response(text);
    if (pathname.endsWith("/changed.yml")) return new Response(`${text} `);
    return new Response("nothing", { status: 404 });
  });
  return { asked, server, origin: `http://127.0.0.1:${server.addr.port}` };
}

Deno.test("downloadContracts() keeps what is as pinned, and nothing else", async () => {
  const into = await Deno.makeTempDir();
  const { asked, server, origin } = serveFiles();
  const files = [
    file("a/one.json", "right.yml"),
    file("b/two.yml", "changed.yml"),
    file("c/three.yml", "none.yml"),
  ];
  const options = { origin, into, signal: new AbortController().signal };
  try {
    assertEquals(await downloadContracts(files, options), [
      { name: "a/one.json", trouble: "" },
      { name: "b/two.yml", trouble: "it is not the file that was pinned: its SHA-256 is another" },
      { name: "c/three.yml", trouble: `${origin} answered 404` },
    ]);
    assertEquals(asked.includes(`/vendor/specs/${"a".repeat(40)}/right.yml`), true);
    assertEquals([...Deno.readDirSync(into)].map(({ name }) => name), ["a"]);
    assertEquals(await Deno.readTextFile(`${into}/a/one.json`), text);
    asked.length = 0;
    await downloadContracts(files.slice(0, 1), options);
    assertEquals(asked, []);
    await Deno.writeTextFile(`${into}/a/one.json`, "something else");
    await downloadContracts(files.slice(0, 1), options);
    assertEquals([asked.length, await Deno.readTextFile(`${into}/a/one.json`)], [1, text]);
  } finally {
    await server.shutdown();
    await Deno.remove(into, { recursive: true });
  }
});

Deno.test("publishedFiles are pinned, each to a whole commit and checksum", () => {
  for (const { name, commit, sha256 } of publishedFiles) {
    assertEquals([/^[\da-f]{40}$/.test(commit), /^[\da-f]{64}$/.test(sha256)], [true, true], name);
  }
  assertEquals(new Set(publishedFiles.map(({ name }) => name)).size, publishedFiles.length);
});
