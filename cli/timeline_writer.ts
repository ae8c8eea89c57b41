import { streamingWavHeader, wavHeader } from "../media/wav_writer.ts";
import { Timeline } from "./timeline.ts";
import { writeAll } from "./write_all.ts";

/** Silence is written in pieces of this size. */
const silenceBytes = new Uint8Array(65_536);

/**
 * Writes the speech of a lane to a WAV file as it comes. Nothing is held in memory; until `finish` the header says that the length is not known, so
 * that the file can be played whatever happens.
 */
export class TimelineWriter {
  readonly path: string;
  readonly timeline: Timeline;
  readonly #file: Deno.FsFile;
  #finished = false;

  private constructor(path: string, timeline: Timeline, file: Deno.FsFile) {
    this.path = path;
    this.timeline = timeline;
    this.#file = file;
  }

  /** Creates the file, or empties it. Throws what the file system throws. */
  static async create(
    path: string,
    options: { readonly rate: number; readonly compact: boolean },
  ): Promise<TimelineWriter> {
    const file = await Deno.open(path, { write: true, create: true, truncate: true });
    await writeAll(file, streamingWavHeader(options.rate));
    return new TimelineWriter(path, new Timeline(options.rate, options.compact), file);
  }

  /** A segment begins that can be heard from `atMs` of the source on. */
  async begin(atMs: number): Promise<void> {
    for (let bytes = 2 * this.timeline.begin(atMs); bytes > 0; bytes -= silenceBytes.length) {
      await writeAll(this.#file, silenceBytes.subarray(0, bytes));
    }
  }

  /** Adds speech to the segment. */
  async write(samples: Int16Array): Promise<void> {
    await writeAll(this.#file, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    this.timeline.add(samples.length);
  }

  /** Puts the length into the header and closes the file; calling it again does nothing. */
  async finish(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    using file = this.#file;
    await file.seek(0, Deno.SeekMode.Start);
    await writeAll(file, wavHeader(this.timeline.rate, this.timeline.samples));
  }
}
