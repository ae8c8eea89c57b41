import type { NumberedClientMessage } from "../protocol/client_message.ts";
import type { Unnumbered } from "../protocol/link.ts";
import type { NumberedServerMessage } from "../protocol/server_message.ts";

type Request = Unnumbered<NumberedClientMessage>;

/** What a session was asked for that another instance has to be asked for again: what has no answer yet, and what holds on. */
export class Requests {
  readonly #muted = new Set<number>();
  readonly #cancels = new Map<number, Request>();
  readonly #flushes = new Map<number, Request>();
  #targets: Request | undefined;

  /** Takes note of a request. */
  ask(request: Request): void {
    switch (request.type) {
      case "mute":
        if (request.muted) this.#muted.add(request.lane);
        else this.#muted.delete(request.lane);
        return;
      case "cancel":
        this.#cancels.set(request.lane, request);
        return;
      case "flush":
        this.#flushes.set(request.id, request);
        return;
      case "targets":
        this.#targets = request;
    }
  }

  /** Takes note of what may be an answer. */
  answer(message: NumberedServerMessage): void {
    switch (message.type) {
      case "cancelled": {
        const asked = this.#cancels.get(message.lane);
        if (asked?.type === "cancel" && asked.through === message.through) this.#cancels.delete(message.lane);
        return;
      }
      case "flushed":
        this.#flushes.delete(message.id);
        return;
      case "lanes":
        this.#targets = undefined;
        return;
      case "error":
        // The targets could not be changed; what fails of a segment names it.
        if (message.segment === undefined) this.#targets = undefined;
    }
  }

  /** Whether a flush has no answer yet. */
  isFlushing(id: number): boolean {
    return this.#flushes.has(id);
  }

  /** What is to be said again; of the flushes those that are not among the messages that are sent again. */
  again(sentAgain: ReadonlySet<number>): Request[] {
    const mutes = [...this.#muted].map((lane): Request => ({ type: "mute", lane, muted: true }));
    const flushes = [...this.#flushes].filter(([id]) => !sentAgain.has(id)).map(([, flush]) => flush);
    return [...mutes, ...this.#cancels.values(), ...this.#targets ? [this.#targets] : [], ...flushes];
  }
}
