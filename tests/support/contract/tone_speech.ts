import { Tone } from "../../../adapters/fake/tone.ts";

/** How long a character that is not a space lasts, in ms. */
const msPerCharacter = 60;

/** What a scenario says instead of speech: a tone that lasts as long as it would take to say what came so far, whatever the pieces. */
export class ToneSpeech {
  readonly #rate: number;
  readonly #speed: number;
  readonly #tone: Tone;
  #written = 0;
  #position = 0;

  constructor(rate: number, speed: number) {
    this.#rate = rate;
    this.#speed = speed;
    this.#tone = new Tone(440, rate);
  }

  /** The bytes of the next piece of text. */
  say(text: string): Uint8Array {
    this.#written += text.replaceAll(/\s/g, "").length;
    const end = Math.round(this.#written * msPerCharacter * this.#rate / 1000 / this.#speed);
    const samples = this.#tone.samples(this.#position, end - this.#position);
    this.#position = end;
    return new Uint8Array(samples.buffer);
  }
}

/** Cuts bytes into pieces of odd lengths, one of a single byte among them. */
export function* oddPieces(bytes: Uint8Array): Generator<Uint8Array> {
  const sizes = [1, 4801, 3, 9999, 20001];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length]!;
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** The pieces as the body of an answer, each when it is asked for. */
export function bodyOf(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
