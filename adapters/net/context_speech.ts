import { abortable, unlessAborted } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import type { ContextLink } from "./context_link.ts";
import type { ContextMessages, ContextWire } from "./context_wire.ts";
import { Phrases } from "./phrases.ts";
import { checkLength, isSpeakable, plain } from "./spoken_text.ts";
import { Watchdog } from "./watchdog.ts";

/** How much audio of one text may wait for its listener, in bytes: two minutes at 48 kHz. */
const waitingLimit = 120 * 48_000 * 2;

/** What a text needs to be spoken. */
export interface ContextSpeechOptions {
  readonly wire: Pick<ContextWire, "textLimit" | "pauseMs">;
  readonly link: ContextLink;
  readonly clock: Clock;
  /** The messages of a context of that name. */
  readonly messages: (context: string) => ContextMessages;
  /** Called when the provider has been told that there is no more for now, and so owes what is left; and when it has given it. */
  readonly owes: (whether: boolean) => void;
}

/** A context of the text that takes more of it. */
interface OpenContext {
  readonly messages: ContextMessages;
  /** Ends it when the text pauses. */
  readonly pause: Watchdog | undefined;
  empty: boolean;
}

/**
 * One text on its way through a connection: in a context of its own, or in several, one after the other, where a provider does not wait for a
 * text that pauses.
 */
export class ContextSpeech {
  readonly audio: Queue<Uint8Array> = new Queue({ limit: waitingLimit, weigh: (bytes) => bytes.length });
  readonly #options: ContextSpeechOptions;
  readonly #allSent = Promise.withResolvers<void>();
  #open: OpenContext | undefined;
  /** The context that was begun last. */
  #last:
    | { readonly context: string; readonly over: Promise<void>; readonly messages: ContextMessages }
    | undefined;
  #characters = 0;
  #speakable = false;

  constructor(options: ContextSpeechOptions) {
    this.#options = options;
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
        checkLength(length += part.length, this.#options.wire.textLimit);
        await this.#send(phrases.push(part), signal);
      }
      await this.#send(phrases.end(), signal);
      await this.#close();
      this.#last?.over.then(() => this.audio.close());
      if (!this.#last) this.audio.close();
    } catch (error) {
      this.audio.fail(error);
    } finally {
      this.#open?.pause?.[Symbol.dispose]();
      this.#allSent.resolve();
    }
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    await this.#allSent.promise;
    if (!this.#last) return;
    const { link } = this.#options;
    const { context, messages } = this.#last;
    const unfinished = link.has(context);
    link.forget(context);
    if (unfinished && !link.ended) await link.send(...messages.cancel());
  }

  async #send(phrase: string, signal: AbortSignal): Promise<void> {
    const spoken = plain(phrase);
    if (spoken.trim() === "") return;
    this.#speakable ||= isSpeakable(spoken);
    const open = this.#open ?? await this.#begin(signal);
    open.pause?.begin();
    const messages = open.messages.phrase(spoken, open.empty);
    open.empty = false;
    await this.#options.link.send(...messages);
    this.#characters += spoken.length;
  }

  /** Opens a context; what was said before is waited for, so that the text has one at a time and its audio comes in order. */
  async #begin(signal: AbortSignal): Promise<OpenContext> {
    const { link, messages: messagesOf, wire, clock } = this.#options;
    if (this.#last) await unlessAborted(this.#last.over, signal);
    const { context, over } = link.begin(this.audio);
    const messages = messagesOf(context);
    const pause = wire.pauseMs === undefined ? undefined : new Watchdog({
      clock,
      deadlineMs: wire.pauseMs,
      bark: () => this.#close().catch((error) => this.audio.fail(error)),
    });
    this.#last = { context, over, messages };
    return this.#open = { messages, pause, empty: true };
  }

  /** Ends the context that is open, if one is. */
  async #close(): Promise<void> {
    const { link, owes } = this.#options;
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    open.pause?.[Symbol.dispose]();
    owes(true);
    this.#last!.over.then(() => owes(false));
    await link.send(...open.messages.end());
  }
}
