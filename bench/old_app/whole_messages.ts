import { EnergyListener } from "../../adapters/fake/energy_listener.ts";
import { decodeBase64, encodeBase64 } from "@std/encoding";
import { systemClock } from "../../flow/clock.ts";
import type { Services } from "../../pipeline/interpret.ts";
import type { Translation, Voice } from "../../pipeline/ports.ts";
import { decodeBase64 as decodeFast, encodeBase64 as encodeFast } from "../../adapters/net/base64.ts";
import { wavHeader } from "../../media/wav_writer.ts";
import { speechRate } from "./speech.ts";
import { wholeSpeeds } from "./speeds.ts";

/** How the old app works on a message: as its report describes it, or as the report proposes. */
export type Design = "sequential" | "optimised";

/** What a whole message is worked on with. */
export interface WholeMessageParts {
  readonly design: Design;
  readonly translator: Services["translator"];
  readonly synthesizer: Services["synthesizer"];
  /** Whether hearing a message of so many seconds fails, by the same chance that breaks a stream. */
  readonly hearingFails: (seconds: number) => boolean;
  /** Is called for every connection to a provider. */
  readonly opened: () => void;
}

const languages = { source: "en", target: "es" };

/**
 * The old app's socket, rebuilt: a base64 JSON message comes in, is transcribed, translated and spoken, each when the stage before is done, and one base64 JSON
 * message goes out. `sequential` opens a connection to each provider for every message and works on one message after the other; `optimised` keeps the
 * connections, works on messages side by side and has decoding and connecting done at the same time. What depends on what is the same in both.
 */
export class WholeMessages {
  readonly #parts: WholeMessageParts;
  readonly #kept: { translation?: Promise<Translation>; voice?: Promise<Voice> } = {};
  #last: Promise<void> = Promise.resolve();

  constructor(parts: WholeMessageParts) {
    this.#parts = parts;
  }

  /** Serves one socket. */
  serve(socket: WebSocket, signal: AbortSignal): void {
    socket.onmessage = ({ data }) => {
      const work = async () => {
        const reply = await this.#answer(String(data), signal).catch((): object => ({
          type: "error",
          message: "The message could not be translated",
        }));
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(reply));
      };
      if (this.#parts.design === "optimised") void work();
      else this.#last = this.#last.then(work);
    };
  }

  async #answer(text: string, signal: AbortSignal): Promise<object> {
    const { data } = JSON.parse(text);
    const [audio, translation, voice] = await this.#prepare(data.audio, signal);
    const source = await this.#transcribe(audio, signal);
    let target = "";
    const request = { segment: 1, text: source, history: [] };
    for await (const event of translation.translate(request, signal)) {
      if (event.type === "append") target += event.text;
    }
    const pieces: Int16Array[] = [];
    const spoken = voice.speak(once(target), { segment: 1, speed: 1 }, signal);
    for await (const event of spoken) if (event.type === "frame") pieces.push(event.samples);
    if (this.#parts.design === "sequential") await Promise.all([end(translation), end(voice)]);
    const encode = this.#parts.design === "sequential" ? encodeBase64 : encodeFast;
    const url = `data:audio/wav;base64,${encode(wav(pieces, voice.format.rate))}`;
    return {
      type: "translation",
      data: { message_id: data.message_id, original_text: source, translated_text: target, audio_url: url },
    };
  }

  async #prepare(base64: string, signal: AbortSignal): Promise<[Int16Array, Translation, Voice]> {
    const { design } = this.#parts;
    if (design === "sequential") {
      const audio = new Int16Array(decodeBase64(base64).buffer);
      return [audio, await this.#openTranslation(signal), await this.#openVoice(signal)];
    }
    // One that cannot be opened is tried again for the next message.
    this.#kept.translation ??= this.#openTranslation(signal).catch((error) => {
      delete this.#kept.translation;
      throw error;
    });
    this.#kept.voice ??= this.#openVoice(signal).catch((error) => {
      delete this.#kept.voice;
      throw error;
    });
    const [translation, voice] = await Promise.all([this.#kept.translation, this.#kept.voice]);
    return [new Int16Array(decodeFast(base64, "the client").slice().buffer), translation, voice];
  }

  #openTranslation(signal: AbortSignal): Promise<Translation> {
    this.#parts.opened();
    return this.#parts.translator.open({ ...languages, glossary: {}, signal });
  }

  #openVoice(signal: AbortSignal): Promise<Voice> {
    this.#parts.opened();
    const { formats } = this.#parts.synthesizer.traits;
    return this.#parts.synthesizer.open({ language: languages.target, formats, signal });
  }

  /** The same ears as the simulated recognizer's, given everything at once. */
  async #transcribe(samples: Int16Array, signal: AbortSignal): Promise<string> {
    this.#parts.opened();
    const seconds = samples.length / speechRate;
    await systemClock.sleep(1000 * seconds * wholeSpeeds.sttSecondsPerSecond, signal);
    if (this.#parts.hearingFails(seconds)) throw new Error("The connection was lost");
    const listener = new EnergyListener({ rate: speechRate, language: languages.source, silenceMs: 200 });
    const events = [
      ...listener.hear({ type: "frame", rate: speechRate, position: 0, samples }),
      ...listener.end(),
    ];
    const finals = events.filter((event) => event.type === "hypothesis").filter(({ final }) => final);
    return finals.flatMap(({ words }) => words.map(({ text }) => text)).join(" ");
  }
}

async function end(session: AsyncDisposable): Promise<void> {
  await session[Symbol.asyncDispose]();
}

async function* once(text: string): AsyncGenerator<string, void> {
  yield await Promise.resolve(text);
}

function wav(pieces: readonly Int16Array[], rate: number): Uint8Array<ArrayBuffer> {
  const samples = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const header = wavHeader(rate, samples);
  const file = new Uint8Array(header.length + 2 * samples);
  file.set(header);
  let offset = header.length;
  for (const piece of pieces) {
    file.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), offset);
    offset += piece.byteLength;
  }
  return file;
}
