import { encodeHex } from "@std/encoding";
import type { PublishedFile } from "./published_contracts.ts";

/** How a download went. */
export interface Download {
  readonly name: string;
  /** What went wrong; empty when the file is there, as it was pinned. */
  readonly trouble: string;
}

/** No specification is larger than this, in bytes. */
const limitBytes = 8_000_000;

/** Options of {@linkcode downloadContracts}. */
export interface DownloadOptions {
  /** Where the files of public repositories are served: `<origin>/<repository>/<commit>/<path>`. */
  readonly origin: string;
  /** The folder they are put into. */
  readonly into: string;
  readonly signal: AbortSignal;
}

/** Downloads specifications and keeps those that are, byte for byte, the pinned ones. One that is there already is not fetched again. */
export async function downloadContracts(
  files: readonly PublishedFile[],
  { origin, into, signal }: DownloadOptions,
): Promise<readonly Download[]> {
  return await Promise.all(files.map(async (file): Promise<Download> => {
    const { name, repository, commit, path } = file;
    const place = `${into}/${name}`;
    try {
      if (await isAsPinned(await Deno.readFile(place).catch(() => undefined), file)) {
        return { name, trouble: "" };
      }
      const response = await fetch(`${origin}/${repository}/${commit}/${path}`, { signal });
      if (!response.ok) {
        await response.body?.cancel();
        return { name, trouble: `${origin} answered ${response.status}` };
      }
      const bytes = await wholeBody(response);
      if (!await isAsPinned(bytes, file)) {
        return { name, trouble: "it is not the file that was pinned: its SHA-256 is another" };
      }
      await Deno.mkdir(place.slice(0, place.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(place, bytes);
      return { name, trouble: "" };
    } catch (error) {
      signal.throwIfAborted();
      return { name, trouble: error instanceof Error ? error.message : String(error) };
    }
  }));
}

async function isAsPinned(
  bytes: Uint8Array<ArrayBuffer> | undefined,
  { sha256 }: PublishedFile,
): Promise<boolean> {
  return bytes !== undefined && encodeHex(await crypto.subtle.digest("SHA-256", bytes)) === sha256;
}

async function wholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limitBytes) throw new Error(`it is too large: expected at most ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
