import { type Cue, vttCue, vttHead } from "./vtt.ts";
import { writeAll } from "./write_all.ts";

/** Writes a WebVTT file, a cue at a time. */
export class CaptionFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  #cues = 0;
  #finished = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Creates the file, or empties it. Throws what the file system throws. */
  static async create(path: string): Promise<CaptionFile> {
    const file = await Deno.open(path, { write: true, create: true, truncate: true });
    await writeAll(file, new TextEncoder().encode(vttHead));
    return new CaptionFile(path, file);
  }

  /** How many cues were written. */
  get cues(): number {
    return this.#cues;
  }

  /** Adds a cue; they come in the order of their times. */
  async add(cue: Cue): Promise<void> {
    this.#cues += 1;
    await writeAll(this.#file, new TextEncoder().encode(vttCue(cue)));
  }

  /** Closes the file; calling it again does nothing. */
  finish(): void {
    if (!this.#finished) this.#file.close();
    this.#finished = true;
  }
}
