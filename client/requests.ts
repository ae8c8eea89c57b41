import type { Continues, NumberedClientMessage } from "../protocol/client_message.ts";
import type { Unnumbered } from "../protocol/link.ts";
import type { NumberedServerMessage } from "../protocol/server_message.ts";

type Request = Unnumbered<NumberedClientMessage>;

/** What a session was asked for that another instance has to be asked for again: what has no answer yet, and what holds on. */
export class Requests {
  readonly #muted = new Set<number>();
  readonly #cancels = new Map<number, { readonly through: number; answered: boolean }>();
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
        if ((this.#cancels.get(request.lane)?.through ?? 0) < request.through) {
          this.#cancels.set(request.lane, { through: request.through, answered: false });
        }
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
        if (asked?.through === message.through) asked.answered = true;
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

  /**
   * What is to be said again where a session goes on: of the lanes that there are, what is cancelled beyond the last segment that was told included, and
   * of the flushes those that are not among the messages that are sent again.
   */
  again(sentAgain: readonly number[], { lanes, segment, told = [] }: Continues): Request[] {
    const held = lanes.flatMap(({ lane }): Request[] => {
      const { through = 0, answered } = this.#cancels.get(lane) ?? {};
      return [
        ...this.#muted.has(lane) ? [{ type: "mute" as const, lane, muted: true }] : [],
        ...through > (answered ? segment + told.length : 0)
          ? [{ type: "cancel" as const, lane, through }]
          : [],
      ];
    });
    const flushes = [...this.#flushes].filter(([id]) => !sentAgain.includes(id)).map(([, flush]) => flush);
    return [...held, ...this.#targets ? [this.#targets] : [], ...flushes];
  }
}
