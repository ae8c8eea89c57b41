import { collectSpeech } from "./collect.ts";
import { type Clip, joinClips, type JoinOptions, type Recording } from "./recording.ts";

/** The rate of the recordings, in Hz. */
const RATE = 16_000;

/** Options of {@linkcode readHumanTalk}. */
export interface HumanTalkOptions extends Omit<JoinOptions, "rate"> {
  /** The folder with `transcription` and the recordings that it names. */
  readonly folder?: string;
  /** The pause between two recordings; 600 ms by default. */
  readonly pauseMs?: number;
}

/**
 * Reads the LibriVox recordings of Debian's pocketsphinx-testdata, five sentences of Jane Austen's "Sense and Sensibility" read by a
 * volunteer, and joins them in the order of their transcripts, which are in lower case and without punctuation.
 *
 * @throws {Error} when they are not installed or the transcripts are not in their format.
 * @throws `signal.reason` when the signal aborts.
 */
export async function readHumanTalk(signal: AbortSignal, options: HumanTalkOptions = {}): Promise<Recording> {
  const { folder = "/usr/share/pocketsphinx/test/data/librivox", pauseMs = 600 } = options;
  const clips: Clip[] = [];
  for (const { text, name } of parseTranscripts(await readTranscripts(folder, signal))) {
    const file = await Deno.open(`${folder}/${name}.wav`);
    const samples = await collectSpeech(file.readable, { type: "audio/wav", rate: RATE }, signal);
    clips.push({ text, samples, pauseMs });
  }
  return joinClips(clips, { ...options, rate: RATE });
}

/**
 * Parses the transcripts of a sphinx test set: a line for each recording, `<s> its words </s> (its name)`.
 *
 * @throws {Error} when a line is not like this.
 */
export function parseTranscripts(transcripts: string): { readonly text: string; readonly name: string }[] {
  return transcripts.split("\n").filter((line) => line.trim() !== "").map((line, index) => {
    const [, text, name] = /^<s> (.+) <\/s> \(([\w-]+)\)$/.exec(line.trim()) ?? [];
    if (text !== undefined && name !== undefined) return { text, name };
    throw new Error(`Cannot read the transcripts: line ${index + 1} is not \`<s> words </s> (name)\``);
  });
}

async function readTranscripts(folder: string, signal: AbortSignal): Promise<string> {
  try {
    return await Deno.readTextFile(`${folder}/transcription`, { signal });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot read the recordings: ${folder} is missing, expected it after \`sudo apt-get install pocketsphinx-testdata\``,
      { cause: error },
    );
  }
}
