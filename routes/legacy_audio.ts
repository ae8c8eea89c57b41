import { MediaError } from "../media/error.ts";
import { wavHeader } from "../media/wav_writer.ts";

/** The longest answer, in bytes of audio: some three minutes at 24 kHz. */
const answerBytes = 8_388_608;

/** Beginnings of files of other kinds, which would be heard as noise. */
const others: readonly { readonly kind: string; readonly bytes: readonly number[]; readonly at: number }[] = [
  { kind: "WebM", bytes: [0x1a, 0x45, 0xdf, 0xa3], at: 0 },
  { kind: "Ogg", bytes: [0x4f, 0x67, 0x67, 0x53], at: 0 },
  { kind: "MP3", bytes: [0x49, 0x44, 0x33], at: 0 },
  { kind: "FLAC", bytes: [0x66, 0x4c, 0x61, 0x43], at: 0 },
  { kind: "MP4", bytes: [0x66, 0x74, 0x79, 0x70], at: 4 },
];
const riff = [0x52, 0x49, 0x46, 0x46];

/**
 * The content type of audio that begins like this: WAV, or raw samples at 16 kHz.
 *
 * @throws {MediaError} `unsupported` for files of other kinds.
 */
export function typeOfAudio(bytes: Uint8Array): string {
  const has = (wanted: readonly number[], at: number) =>
    wanted.every((byte, index) => bytes[at + index] === byte);
  const other = others.find(({ bytes, at }) => has(bytes, at));
  if (other) {
    throw new MediaError(
      "unsupported",
      `Cannot read the audio: it is ${other.kind}, expected WAV or raw 16-bit samples at 16000 Hz`,
    );
  }
  return has(riff, 0) ? "audio/wav" : "audio/pcm;rate=16000;encoding=s16le";
}

/** Translated speech as it comes, to become one WAV file. */
export class CollectedSpeech {
  readonly #pieces: Int16Array[] = [];
  #rate = 16_000;
  #samples = 0;

  /** @throws {MediaError} when the file would become too large. */
  add(rate: number, samples: Int16Array): void {
    this.#rate = rate;
    this.#samples += samples.length;
    if (this.#samples * 2 > answerBytes) {
      throw new MediaError(
        "unsupported",
        `Cannot answer in one message: the translated audio has over ${answerBytes} bytes, expected a shorter message`,
      );
    }
    this.#pieces.push(samples);
  }

  /** The whole file; one without samples where nothing was spoken. */
  file(): Uint8Array<ArrayBuffer> {
    const header = wavHeader(this.#rate, this.#samples);
    const file = new Uint8Array(header.length + 2 * this.#samples);
    file.set(header);
    let offset = header.length;
    for (const piece of this.#pieces) {
      file.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), offset);
      offset += piece.byteLength;
    }
    return file;
  }
}
