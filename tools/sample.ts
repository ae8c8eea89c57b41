/**
 * Renders the talk that the page offers as a sample, into `web/build/sample.wav`. Does nothing when that is newer than the text; where flite is
 * missing it says so, and the page does without.
 *
 * @module
 */
import { renderClauses } from "../cli/sample/render.ts";
import { wavHeader } from "../media/wav_writer.ts";

const root = new URL("../", import.meta.url);
const text = new URL("cli/sample/talk.txt", root);
const build = new URL("web/build/", root);
const sample = new URL("sample.wav", build);

/**
 * Renders the sample when it is older than its text; returns whether it did.
 *
 * @throws {Error} when flite is not installed or fails.
 */
export async function renderSample(): Promise<boolean> {
  if (await changedAt(sample) > await changedAt(text)) return false;
  const { samples, rate } = await renderClauses(await Deno.readTextFile(text), new AbortController().signal);
  await Deno.mkdir(build, { recursive: true });
  // Written beside it first: whoever reads it meanwhile gets all of it or none.
  const half = new URL(`sample.wav.${crypto.randomUUID()}`, build);
  const file = new Blob([wavHeader(rate, samples.length), samples.slice()]);
  await Deno.writeFile(half, file.stream());
  await Deno.rename(half, sample);
  return true;
}

async function changedAt(file: URL): Promise<number> {
  try {
    return (await Deno.stat(file)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

if (import.meta.main) {
  try {
    if (await renderSample()) console.log("Rendered the sample talk in web/build/");
  } catch (error) {
    console.warn(`There is no sample talk: ${error instanceof Error ? error.message : String(error)}`);
  }
}
