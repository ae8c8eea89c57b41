import { collectSpeech } from "./collect.ts";
import { type Clip, joinClips, type JoinOptions, type Recording } from "./recording.ts";

/** The rate of rendered speech, in Hz: that of the voice, and of the local recognizer. */
export const RENDER_RATE = 16_000;

/** Options of {@linkcode renderClauses}; the pauses follow a clause. */
export interface RenderOptions extends Omit<JoinOptions, "rate"> {
  /** A voice of flite with 16 kHz; `slt` by default, the one that the local recognizer understands best. */
  readonly voice?: string;
  /** After a clause that ends without a sentence mark; 250 ms by default. */
  readonly clausePauseMs?: number;
  /** After a sentence mark; 450 ms by default. */
  readonly sentencePauseMs?: number;
  /** Before an empty line; 700 ms by default. */
  readonly paragraphPauseMs?: number;
}

/**
 * Speaks a text with flite, one clause to a line, an empty line between paragraphs. Every clause is rendered by itself, so that it is known
 * to the sample where it ends.
 *
 * @throws {Error} when flite is not installed or cannot speak the text.
 * @throws `signal.reason` when the signal aborts.
 */
export async function renderClauses(
  text: string,
  signal: AbortSignal,
  options: RenderOptions = {},
): Promise<Recording> {
  const { voice = "slt", clausePauseMs = 250, sentencePauseMs = 450, paragraphPauseMs = 700 } = options;
  const clips: Clip[] = [];
  const lines = text.split("\n").map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const endsParagraph = lines[index + 1] === "";
    const pauseMs = endsParagraph ? paragraphPauseMs : endsSentence(line) ? sentencePauseMs : clausePauseMs;
    clips.push({ text: line, samples: await speak(line, voice, signal), pauseMs });
  }
  return joinClips(clips, { ...options, rate: RENDER_RATE });
}

function endsSentence(text: string): boolean {
  return /[.?!…]["'”’)]*$/.test(text);
}

async function speak(text: string, voice: string, signal: AbortSignal): Promise<Int16Array> {
  signal.throwIfAborted();
  const { code, stdout, stderr } = await runFlite(["-voice", voice, "-t", text, "-o", "/dev/stdout"], signal);
  signal.throwIfAborted();
  if (code !== 0) {
    throw new Error(
      `Cannot render speech: flite ended with code ${code}, expected 0: ${
        new TextDecoder().decode(stderr).trim()
      }`,
    );
  }
  return await collectSpeech(new Blob([stdout]).stream(), { type: "audio/wav", rate: RENDER_RATE }, signal);
}

async function runFlite(args: readonly string[], signal: AbortSignal): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command("flite", { args: [...args], stdin: "null", signal }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      "Cannot render speech: flite is not installed, expected it after `sudo apt-get install flite`",
      { cause: error },
    );
  }
}
