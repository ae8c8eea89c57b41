import { MediaError } from "../media/error.ts";
import { readSpeech } from "../media/source.ts";
import { WavHeaderReader } from "../media/wav_header.ts";
import { frameBytes } from "../media/sample_reader.ts";
import { CommandError, usageError } from "./command_error.ts";

/** A recording that is read as it is spoken. */
export interface SourceFile {
  /** How it is called in a message. */
  readonly name: string;
  /** How long it is, in ms; `undefined` when it does not say. */
  readonly totalMs: number | undefined;
  /** Its samples, mono, 16 bits. The first ones have been read. */
  readonly samples: AsyncIterator<Int16Array, void>;
}

/**
 * Opens a WAV file, or standard input for `-`, and reads its beginning.
 *
 * @throws {CommandError} when there is no such file, or it is no WAV file that can be read.
 * @throws `signal.reason` when the signal aborts, later also from the samples.
 */
export async function openSource(
  path: string,
  options: { readonly rate: number; readonly command: string; readonly signal: AbortSignal },
): Promise<SourceFile> {
  const name = path === "-" ? "standard input" : path;
  if (path === "-" && Deno.stdin.isTerminal()) {
    throw usageError("Standard input is a terminal: expected a WAV file to be sent into it", options.command);
  }
  const body = path === "-" ? Deno.stdin.readable : (await openFile(path)).readable;
  const length = new LengthReader(body);
  const samples = readSpeech(length, { type: "audio/wav", rate: options.rate }, options.signal);
  try {
    const first = await samples.next();
    return { name, totalMs: length.totalMs, samples: withFirst(first, samples) };
  } catch (error) {
    throw error instanceof MediaError ? notReadable(name, error) : error;
  }
}

/** Says what to do about audio that cannot be read. */
export function notReadable(name: string, error: MediaError): CommandError {
  const hint = "Most tools write a WAV file that can be read: ffmpeg -i talk.mp3 talk.wav";
  return new CommandError(`${error.message} (${name})`, error.kind === "truncated" ? [] : [hint]);
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file;
    file.close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new CommandError(`Cannot read ${path}: there is no such file`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new CommandError(`Cannot read ${path}: you may not`);
    }
    throw error;
  }
  throw new CommandError(`Cannot read ${path}: it is a folder, expected a WAV file`);
}

async function* withFirst(
  first: IteratorResult<Int16Array, void>,
  rest: AsyncGenerator<Int16Array, void>,
): AsyncGenerator<Int16Array, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** Hands a file on as it is, and finds out from its header how long it is. */
class LengthReader implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>;
  readonly #header = new WavHeaderReader();

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body;
  }

  get totalMs(): number | undefined {
    const { format, dataBytes } = this.#header.header ?? {};
    if (!format || dataBytes === undefined) return undefined;
    return dataBytes / frameBytes(format) * 1000 / format.rate;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    let readable = true;
    for await (const bytes of this.#body) {
      try {
        if (readable && !this.#header.header) this.#header.push(bytes);
      } catch {
        // Whoever reads the samples is told.
        readable = false;
      }
      yield bytes;
    }
  }
}
