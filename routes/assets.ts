import { Hono } from "hono";
import { type Asset, AssetFolder } from "./asset_folder.ts";
import { problem } from "./problem.ts";

/** Options of {@linkcode assetRoutes}. */
export interface AssetOptions {
  /** Where the page's own files are. */
  readonly staticFolder: URL;
  /** Where `deno task bundle` puts what it builds. */
  readonly buildFolder: URL;
  /** Where the client's example is. */
  readonly exampleFolder?: URL;
}

/** Where this repository has them. */
export const ownAssets: AssetOptions = {
  staticFolder: new URL("../web/static/", import.meta.url),
  buildFolder: new URL("../web/build/", import.meta.url),
  exampleFolder: new URL("../client/", import.meta.url),
};

/** The page's rights: everything from this service, nothing inline, no frame around it. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What pages of other origins may use, too; and the parts of the client, whose names change with their contents. */
const shared: ReadonlySet<string> = new Set(["client.js", "capture.worklet.js", "playback.worklet.js"]);
const clientPart = /^[a-z_]+-[A-Z0-9]{8}\.js$/;

/** Everything in the build folder that the page cannot do without. */
const built: ReadonlySet<string> = new Set([...shared, "page.js"]);

/**
 * The page at `/`, for browsers; the client SDK at `/client.js` with its worklets beside it; and the files that belong to them. Whatever is no file
 * is left to the routes that follow.
 */
export function assetRoutes(options: AssetOptions = ownAssets): Hono {
  const routes = new Hono();
  const { buildFolder, staticFolder, exampleFolder } = options;
  const folders = [buildFolder, staticFolder, ...(exampleFolder ? [exampleFolder] : [])].map((folder) =>
    new AssetFolder(folder)
  );
  routes.get("*", async (context, next) => {
    const name = nameOf(context.req.path, context.req.header("accept"));
    if (name === undefined) return await next();
    for (const folder of folders) {
      const asset = await folder.read(name);
      if (asset) return answer(asset, name, context.req.raw);
    }
    if (!built.has(name)) return await next();
    return problem(context, {
      status: 503,
      title: "The page is not built",
      detail: `Cannot serve /${name}: it is not there, run "deno task bundle" first`,
    });
  });
  return routes;
}

/** The file that a path means; nothing but plain names below the folders. */
function nameOf(path: string, accept: string | undefined): string | undefined {
  if (path === "/") return accept?.includes("text/html") ? "index.html" : undefined;
  return /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(path) ? path.slice(1) : undefined;
}

function answer(asset: Asset, name: string, request: Request): Response {
  const headers = new Headers({
    "etag": asset.etag,
    "vary": name === "index.html" ? "accept, accept-encoding" : "accept-encoding",
    "cache-control": lifetimeOf(asset, name),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  if (asset.type.startsWith("text/html")) {
    headers.set("content-security-policy", pagePolicy);
    headers.set("permissions-policy", "microphone=(self), camera=(), geolocation=()");
    headers.set("cross-origin-opener-policy", "same-origin");
  }
  const forAll = shared.has(name) || clientPart.test(name);
  if (forAll) headers.set("access-control-allow-origin", "*");
  headers.set("cross-origin-resource-policy", forAll ? "cross-origin" : "same-origin");
  if (unchanged(request.headers.get("if-none-match"), asset.etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", asset.type);
  const gzip = asset.gzip && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  if (gzip) headers.set("content-encoding", "gzip");
  const bytes = gzip ? asset.gzip! : asset.bytes;
  headers.set("content-length", String(bytes.length));
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

/** Most names stay while contents change: a browser asks each time and is mostly answered with 304. Fonts hardly ever change. */
function lifetimeOf({ type }: Asset, name: string): string {
  if (clientPart.test(name)) return "public, max-age=31536000, immutable";
  return type.startsWith("font/") ? "public, max-age=604800" : "no-cache";
}

/** Proxies that compress make a tag weak. */
function unchanged(known: string | null, etag: string): boolean {
  return known?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag) ?? false;
}
