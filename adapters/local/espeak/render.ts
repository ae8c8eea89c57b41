import { PipelineError } from "../../../pipeline/error.ts";
import { SilenceTrimmer } from "./silence_trimmer.ts";
import { WaveSamples } from "./wave_samples.ts";

/** The rate of every voice of espeak-ng. */
export const espeakRate = 22050;

/** How much of the silence at the end stays: enough to keep two clauses apart. espeak-ng itself gives 150 to 430 ms. */
const tailSamples = Math.round(espeakRate * 0.1);
const heldLimit = espeakRate;

/** How to run espeak-ng. */
export interface EspeakCommand {
  /** The program. */
  readonly command: string;
  readonly voice: string;
  /** Words a minute, 80 to 450. */
  readonly wpm: number;
}

/**
 * Runs espeak-ng once and gives what it says as it says it, without the silence around it. The process is gone when the iteration ends,
 * however it ends.
 *
 * @throws {PipelineError} `unavailable` when the program is not there or does not end well; `signal.reason` when the signal aborts.
 */
export async function* render(
  text: string,
  how: EspeakCommand,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const child = spawn(how, ["--stdout"], "piped");
  const kill = () => killQuietly(child);
  signal.addEventListener("abort", kill, { once: true });
  const reader = child.stdout.getReader();
  try {
    signal.throwIfAborted();
    const writing = writeText(child, text);
    const wave = new WaveSamples(espeakRate);
    const trimmer = new SilenceTrimmer({ tail: tailSamples, heldLimit });
    while (true) {
      const { value, done } = await reader.read();
      signal.throwIfAborted();
      if (done) break;
      const samples = trimmer.push(wave.push(value));
      if (samples.length > 0) yield samples;
      signal.throwIfAborted();
    }
    await writing;
    await checkStatus(child, signal);
    const tail = trimmer.end();
    if (tail.length > 0) yield tail;
  } catch (error) {
    signal.throwIfAborted();
    throw PipelineError.from(error, "Cannot speak with espeak-ng: its output cannot be read");
  } finally {
    signal.removeEventListener("abort", kill);
    killQuietly(child);
    await reader.cancel().catch(() => {});
    await child.status;
  }
}

/**
 * Has the voice say a letter into the void: shows that the program and the voice are there, and brings both into memory.
 *
 * @throws {PipelineError} `unavailable` when they are not; `signal.reason` when the signal aborts.
 */
export async function tryVoice(how: EspeakCommand, signal: AbortSignal): Promise<void> {
  const child = spawn(how, ["-q"], "null");
  const kill = () => killQuietly(child);
  signal.addEventListener("abort", kill, { once: true });
  await writeText(child, "a");
  const { code } = await child.status;
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (code === 0) return;
  const message =
    `Cannot speak with espeak-ng: its voice ${how.voice} is not there: apt-get install espeak-ng-data`;
  throw new PipelineError("unavailable", message);
}

function spawn(
  { command, voice, wpm }: EspeakCommand,
  output: string[],
  stdout: "piped" | "null",
): Deno.ChildProcess {
  // `-b 1`: the text is UTF-8 whatever the locale says.
  const args = ["-v", voice, "-s", String(wpm), "-b", "1", "--stdin", ...output];
  try {
    return new Deno.Command(command, { args, stdin: "piped", stdout, stderr: "null" }).spawn();
  } catch (cause) {
    const message =
      `Cannot start ${command}: it is not installed or may not be run: apt-get install espeak-ng`;
    throw new PipelineError("unavailable", message, { cause });
  }
}

/** Writes the whole text; what goes wrong here shows in how the process ends. */
async function writeText(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

async function checkStatus(child: Deno.ChildProcess, signal: AbortSignal): Promise<void> {
  const { success, code, signal: killedBy } = await child.status;
  signal.throwIfAborted();
  if (success) return;
  throw new PipelineError(
    "unavailable",
    `Cannot speak with espeak-ng: it ended with ${killedBy ?? `code ${code}`}`,
  );
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
