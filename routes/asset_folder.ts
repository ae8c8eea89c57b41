import { encodeHex } from "@std/encoding";

/** A file as it is served. */
export interface Asset {
  readonly type: string;
  /** A strong entity tag (RFC 9110, section 8.8.3). */
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same compressed, for what gets smaller by it. */
  readonly gzip?: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  webmanifest: "application/manifest+json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  wav: "audio/wav",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
};

/** What gets smaller when it is compressed. */
const compressible: ReadonlySet<string> = new Set(["html", "js", "css", "json", "webmanifest", "svg", "txt"]);

/** No more files than this are kept in memory: more than the page has. */
const keptFiles = 100;

/** Files to be served, kept in memory for as long as they do not change on disk. */
export class AssetFolder {
  readonly #folder: URL;
  readonly #kept = new Map<string, { readonly changedAt: number; readonly asset: Promise<Asset> }>();

  constructor(folder: URL) {
    this.#folder = folder;
  }

  /** A file, by its path within the folder in plain letters; `undefined` when there is none, or its kind is not one that is served. */
  async read(path: string): Promise<Asset | undefined> {
    const extension = path.slice(path.lastIndexOf(".") + 1);
    const type = types[extension];
    if (type === undefined) return undefined;
    const url = new URL(path, this.#folder);
    const info = await Deno.stat(url).catch(() => undefined);
    if (!info?.isFile) return undefined;
    const changedAt = info.mtime?.getTime() ?? 0;
    const kept = this.#kept.get(path);
    if (kept?.changedAt === changedAt) return await kept.asset;
    const asset = load(url, type, compressible.has(extension));
    if (this.#kept.size >= keptFiles) this.#kept.clear();
    this.#kept.set(path, { changedAt, asset });
    return await asset;
  }
}

async function load(url: URL, type: string, compress: boolean): Promise<Asset> {
  const bytes = await Deno.readFile(url);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const etag = `"${encodeHex(digest.subarray(0, 12))}"`;
  if (!compress) return { type, etag, bytes };
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return { type, etag, bytes, gzip: new Uint8Array(await new Response(stream).arrayBuffer()) };
}
