import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assetRoutes } from "../../routes/assets.ts";
import { bundle } from "../../tools/bundle.ts";
import { liveService } from "../support/live_service.ts";

/** A page and a script in folders of their own, without what `deno task bundle` builds unless `build` has it. */
async function folders(build: Readonly<Record<string, string>> = {}) {
  const root = new URL(`file://${await Deno.makeTempDir()}/`);
  const options = { staticFolder: new URL("static/", root), buildFolder: new URL("build/", root) };
  await Deno.mkdir(new URL("static/fonts/", root), { recursive: true });
  await Deno.mkdir(options.buildFolder);
  await Deno.writeTextFile(
    new URL("static/index.html", root),
    `<!DOCTYPE html>${"<p>Hello</p>".repeat(100)}`,
  );
  await Deno.writeFile(new URL("static/fonts/letters.woff2", root), new Uint8Array(8));
  await Deno.writeTextFile(new URL("static/notes.ts", root), "source");
  await Deno.writeTextFile(new URL("secret.txt", root), "secret");
  for (const [name, text] of Object.entries(build)) {
    await Deno.writeTextFile(new URL(name, options.buildFolder), text);
  }
  return {
    options,
    get: (path: string, headers: Record<string, string> = {}) =>
      assetRoutes(options).request(path, { headers }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("GET / gives browsers the page, with a policy that allows nothing inline", async () => {
  await using page = await folders();
  const response = await page.get("/", { accept: "text/html,*/*;q=0.8" });
  assertEquals([response.status, response.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertStringIncludes(await response.text(), "Hello");
  const policy = response.headers.get("content-security-policy") ?? "";
  assertStringIncludes(policy, "default-src 'none'; script-src 'self'");
  assert(!/unsafe|\*|https?:/.test(policy), `the policy is ${policy}`);
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("GET / leaves whoever does not ask for a page to the route that follows", async () => {
  await using page = await folders();
  assertEquals((await page.get("/", { accept: "*/*" })).status, 404);
  await using service = liveService();
  assertStringIncludes(await (await fetch(service.url)).text(), "Parley: a live interpreter");
});

Deno.test("a file that has not changed is answered with 304, and one that has with its contents", async () => {
  await using page = await folders({ "client.js": "export const one = 1;" });
  const first = await page.get("/client.js");
  const tag = first.headers.get("etag") ?? "";
  assertMatch(tag, /^"[0-9a-f]{24}"$/);
  assertEquals([await first.text(), first.headers.get("cache-control")], [
    "export const one = 1;",
    "no-cache",
  ]);
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const second = await page.get("/client.js", { "if-none-match": known });
    assertEquals([second.status, await second.text()], [304, ""]);
  }
  const file = new URL("client.js", page.options.buildFolder);
  await Deno.writeTextFile(file, "export const one = 2;");
  await Deno.utime(file, new Date(), new Date(Date.now() + 5_000));
  const third = await page.get("/client.js", { "if-none-match": tag });
  assertEquals([third.status, await third.text()], [200, "export const one = 2;"]);
});

Deno.test("a text is compressed for who can take it", async () => {
  await using page = await folders();
  const plain = await page.get("/index.html");
  const small = await page.get("/index.html", { "accept-encoding": "br, gzip" });
  assertEquals(small.headers.get("content-encoding"), "gzip");
  const bytes = await small.arrayBuffer();
  assertEquals(bytes.byteLength, Number(small.headers.get("content-length")));
  const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  assertEquals(await unpacked.text(), await plain.text());
  const font = await page.get("/fonts/letters.woff2", { "accept-encoding": "gzip" });
  assertEquals([font.headers.get("content-encoding"), font.headers.get("content-type")], [
    null,
    "font/woff2",
  ]);
});

Deno.test("GET /client.js and its worklets may be used by pages of other origins, the page's own files may not", async () => {
  await using page = await folders({ "client.js": "1", "capture.worklet.js": "2", "page.js": "3" });
  const headers = async (path: string) => {
    const { headers } = await page.get(path);
    return [headers.get("access-control-allow-origin"), headers.get("cross-origin-resource-policy")];
  };
  assertEquals(await headers("/client.js"), ["*", "cross-origin"]);
  assertEquals(await headers("/capture.worklet.js"), ["*", "cross-origin"]);
  assertEquals(await headers("/page.js"), [null, "same-origin"]);
});

Deno.test("a script that is not built is a problem that says what to run", async () => {
  await using page = await folders();
  for (const name of ["client.js", "capture.worklet.js", "playback.worklet.js", "page.js"]) {
    const response = await page.get(`/${name}`);
    assertEquals(response.status, 503);
    const { detail } = await response.json();
    assertEquals(detail, `Cannot serve /${name}: it is not there, run "deno task bundle" first`);
  }
});

Deno.test("nothing outside the folders is served, nor what is no asset", async () => {
  await using page = await folders();
  const paths = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/fonts/..%2f..%2fsecret.txt",
    "/fonts",
    "/notes.ts",
  ];
  for (const path of [...paths, "/.hidden", "//secret.txt", "/secret.txt", "/index.html/", "/a.js\0.html"]) {
    assertEquals((await page.get(path)).status, 404, path);
  }
});

Deno.test("bundle() builds the page and the client, which the service serves, and nothing when that is new enough", async () => {
  await bundle();
  assertEquals(await bundle(), []);
  await using service = liveService();
  for (const name of ["client.js", "capture.worklet.js", "playback.worklet.js", "page.js"]) {
    const response = await fetch(`${service.url}/${name}`);
    const text = await response.text();
    assertEquals(
      [response.status, response.headers.get("content-type")],
      [200, "text/javascript; charset=utf-8"],
      name,
    );
    assert(text.length > 1_000, `${name} has ${text.length} characters`);
  }
});
