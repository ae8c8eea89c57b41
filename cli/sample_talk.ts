import { CommandError } from "./command_error.ts";
import type { SampleName } from "./demo_arguments.ts";
import { readHumanTalk } from "./sample/human.ts";
import { renderClauses } from "./sample/render.ts";
import type { SourceFile } from "./source_file.ts";

/** How many samples are handed on at a time. */
const pieceSamples = 16_000;

/**
 * Makes the talk of the demo, at 16 kHz.
 *
 * @throws {CommandError} when what is needed for it is not installed.
 * @throws `signal.reason` when the signal aborts.
 */
export async function sampleTalk(sample: SampleName, signal: AbortSignal): Promise<SourceFile> {
  const { samples, rate } = await recordingOf(sample, signal);
  return {
    name: `the ${sample} sample`,
    totalMs: samples.length * 1000 / rate,
    samples: pieces(samples),
  };
}

async function recordingOf(sample: SampleName, signal: AbortSignal) {
  try {
    if (sample === "human") return await readHumanTalk(signal);
    const text = await Deno.readTextFile(new URL("./sample/talk.txt", import.meta.url));
    return await renderClauses(text, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error) || error.cause === undefined) throw error;
    throw new CommandError(error.message, ["or let deno task setup install everything"]);
  }
}

async function* pieces(samples: Int16Array): AsyncGenerator<Int16Array, void> {
  for (let at = 0; at < samples.length; at += pieceSamples) {
    yield await Promise.resolve(samples.subarray(at, at + pieceSamples));
  }
}
