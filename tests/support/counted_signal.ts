/** A signal that counts its listeners, to show that waiting leaves none behind. */
export class CountedSignal {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<EventListenerOrEventListenerObject>();

  constructor() {
    const { signal } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ) => {
      this.#listeners.add(listener);
      add(type, listener, options);
    };
    signal.removeEventListener = (
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ) => {
      this.#listeners.delete(listener);
      remove(type, listener, options);
    };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How many listeners were added and not removed; one that was called counts until it is removed. */
  get listeners(): number {
    return this.#listeners.size;
  }
}
