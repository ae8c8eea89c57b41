import type { Queue } from "../../flow/queue.ts";
import { abortable } from "../../flow/abortable.ts";
import type { ContextLink } from "./context_link.ts";
import type { ContextMessages, ContextWire } from "./context_wire.ts";
import { Phrases } from "./phrases.ts";
import { checkLength, isSpeakable, plain } from "./spoken_text.ts";

/** One text on its way through a connection. */
export class ContextSpeech {
  readonly audio: Queue<Uint8Array>;
  /** Resolves when all of the text was sent, or its sending has ended. */
  readonly sent: Promise<void>;
  readonly #textLimit: number;
  readonly #link: ContextLink;
  readonly #context: string;
  readonly #messages: ContextMessages;
  readonly #allSent = Promise.withResolvers<void>();
  #characters = 0;
  #speakable = false;

  constructor({ textLimit }: ContextWire, link: ContextLink, messages: (context: string) => ContextMessages) {
    const { context, audio } = link.begin();
    this.audio = audio;
    this.sent = this.#allSent.promise;
    this.#textLimit = textLimit;
    this.#link = link;
    this.#context = context;
    this.#messages = messages(context);
  }

  /** How many UTF-16 units were sent so far. */
  get characters(): number {
    return this.#characters;
  }

  /** Whether there was anything in the text that can be said. */
  get speakable(): boolean {
    return this.#speakable;
  }

  /** Sends the text as it comes; a failure shows where the audio is received. */
  async sendAll(text: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
    const phrases = new Phrases();
    let length = 0;
    try {
      for await (const part of abortable(text, signal)) {
        checkLength(length += part.length, this.#textLimit);
        await this.#send(phrases.push(part));
      }
      await this.#send(phrases.end());
      if (this.#characters > 0) await this.#link.send(...this.#messages.end());
      else this.audio.close();
    } catch (error) {
      this.audio.fail(error);
    } finally {
      this.#allSent.resolve();
    }
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    await this.sent;
    const unfinished = this.#link.has(this.#context);
    this.#link.forget(this.#context);
    if (unfinished && this.#characters > 0 && !this.#link.ended) {
      await this.#link.send(...this.#messages.cancel());
    }
  }

  async #send(phrase: string): Promise<void> {
    const spoken = plain(phrase);
    if (spoken.trim() === "") return;
    this.#speakable ||= isSpeakable(spoken);
    await this.#link.send(...this.#messages.phrase(spoken, this.#characters === 0));
    this.#characters += spoken.length;
  }
}
