/** How a person stops a command. */
export interface Interruption {
  /** Aborts when it is to end in order. */
  readonly inOrder: AbortSignal;
  /** Aborts when it is to end at once. */
  readonly now: AbortSignal;
}

/** Whoever starts us may pass a signal on that has reached us already: what comes within so many ms of the first one is the same. */
const sameMs = 500;

/** Why a command was stopped. */
export class Interrupted extends Error {
  constructor() {
    super("It was interrupted");
    this.name = "Interrupted";
  }
}

/** Listens to Ctrl-C and to other processes that want this one to end: the first time is in order, the second at once. */
export class Signals implements Interruption, Disposable {
  readonly #inOrder = new AbortController();
  readonly #now = new AbortController();
  readonly #names: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  #atMs = -Infinity;

  constructor() {
    for (const name of this.#names) Deno.addSignalListener(name, this.#hear);
  }

  get inOrder(): AbortSignal {
    return this.#inOrder.signal;
  }

  get now(): AbortSignal {
    return this.#now.signal;
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) Deno.removeSignalListener(name, this.#hear);
  }

  readonly #hear = (): void => {
    const nowMs = performance.now();
    if (!this.#inOrder.signal.aborted) {
      this.#atMs = nowMs;
      this.#inOrder.abort(new Interrupted());
    } else if (nowMs - this.#atMs > sameMs) {
      this.#now.abort(new Interrupted());
    }
  };
}
