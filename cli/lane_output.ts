import type { AudioEvent } from "../client/event.ts";
import type { Lane } from "../protocol/server_message.ts";
import { CaptionFile } from "./caption_file.ts";
import { CommandError } from "./command_error.ts";
import { outputName } from "./output_name.ts";
import { TimelineWriter } from "./timeline_writer.ts";
import type { Clause } from "./transcript.ts";

/** What is written of a talk. */
export interface OutputOptions {
  /** The WAV file; no speech is kept without it. */
  readonly out: string | undefined;
  /** The WebVTT file; no captions are kept without it. */
  readonly captions: string | undefined;
  /** Whether the speech is written without the silence in between. */
  readonly compact: boolean;
}

/** The files that one language of a talk goes into. */
export class LaneOutput {
  readonly lane: number;
  readonly language: string;
  readonly audio: TimelineWriter | undefined;
  readonly captions: CaptionFile | undefined;

  private constructor(
    { lane, language }: { readonly lane: number; readonly language: string },
    audio: TimelineWriter | undefined,
    captions: CaptionFile | undefined,
  ) {
    this.lane = lane;
    this.language = language;
    this.audio = audio;
    this.captions = captions;
  }

  /**
   * Creates the files of one language.
   *
   * @param languages how many there are: with several, the language goes into the names.
   * @throws {CommandError} when a file cannot be written.
   */
  static async create(lane: Lane, languages: number, options: OutputOptions): Promise<LaneOutput> {
    const name = (path: string) => outputName(path, lane.language, languages);
    const { out, captions, compact } = options;
    const audio = out === undefined
      ? undefined
      : await writable(name(out), (path) => TimelineWriter.create(path, { rate: lane.rate, compact }));
    try {
      return new LaneOutput(
        lane,
        audio,
        captions === undefined ? undefined : await writable(name(captions), CaptionFile.create),
      );
    } catch (error) {
      await audio?.finish();
      throw error;
    }
  }

  /** Writes a piece of speech; a segment that begins with it can be heard from `atMs` of the talk on. */
  async speech(event: AudioEvent, atMs: number): Promise<void> {
    if (!this.audio || event.codec !== "pcm_s16le") return;
    if (event.start) await this.audio.begin(atMs);
    if (event.samples.length > 0) await this.audio.write(event.samples);
  }

  /** Writes the caption of a clause. */
  async caption({ segment, place, translations }: Clause): Promise<void> {
    const text = translations.find(({ lane }) => lane === this.lane)?.text;
    if (!this.captions || !place || !text) return;
    const whole = text.stable + text.tentative;
    if (whole.trim() !== "") await this.captions.add({ id: segment, ...place, text: whole });
  }

  /** Completes the files; calling it again does nothing. */
  async finish(): Promise<void> {
    this.captions?.finish();
    await this.audio?.finish();
  }
}

async function writable<File>(path: string, create: (path: string) => Promise<File>): Promise<File> {
  try {
    return await create(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new CommandError(`Cannot write ${path}: there is no such folder`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new CommandError(`Cannot write ${path}: you may not`);
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw new CommandError(`Cannot write ${path}: it is a folder, expected a file`);
    }
    throw error;
  }
}
