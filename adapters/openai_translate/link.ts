import type { Clock } from "../../flow/clock.ts";
import { AgreedLink } from "../net/agreed_link.ts";
import type { TargetLink, TargetListener } from "../net/session_per_target.ts";
import type { ConnectSocket } from "../net/socket.ts";
import {
  closeMessage,
  provider,
  readMessage,
  sessionAddress,
  type SessionWish,
  type TranslateEvent,
  updateMessage,
} from "./wire.ts";

/** Where a session is opened, and as whom. */
export interface TranslateAccess {
  /** Where OpenAI's routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  /** Empty for none. */
  readonly key: string;
  readonly model: string;
}

/** One session of the provider: the source into one language. */
export class TranslateLink implements TargetLink {
  readonly #link: AgreedLink<TranslateEvent>;

  private constructor(link: AgreedLink<TranslateEvent>) {
    this.#link = link;
  }

  /**
   * Opens a session and waits until the server has agreed to what it is to be.
   *
   * @throws {PipelineError} of the kind that the refusal means; `timeout` when there is no answer.
   */
  static async open(
    { address, key, model }: TranslateAccess,
    wish: SessionWish,
    outside: { readonly connect: ConnectSocket; readonly clock: Clock },
    signal: AbortSignal,
  ): Promise<TranslateLink> {
    const agreement = {
      provider,
      url: sessionAddress(address, model),
      headers: key === "" ? {} : { authorization: `Bearer ${key}` },
      wish: updateMessage(wish),
      read: readMessage,
      says: ({ type }: TranslateEvent) =>
        type === "updated" ? "agreed" : type === "closed" ? "ended" : undefined,
    } as const;
    return new TranslateLink(await AgreedLink.open(agreement, outside, signal));
  }

  listen(listener: TargetListener): void {
    this.#link.listen({
      take(event) {
        if (event.type !== "updated" && event.type !== "closed") listener.take(event);
      },
      failed: (error) => listener.failed(error),
    });
  }

  get waitingBytes(): number {
    return this.#link.waitingBytes;
  }

  send(message: string): void {
    this.#link.send(message);
  }

  /** Asks for what is left. */
  end(): Promise<void> {
    this.#link.send(closeMessage);
    return this.#link.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }
}
