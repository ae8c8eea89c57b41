/** The answers that a session began and that others may share: the session must not end before they have. */
export class LedAnswers {
  readonly #running = new Set<Promise<void>>();

  /** Adds one, until it is done. */
  add(done: Promise<void>): void {
    this.#running.add(done);
    done.then(() => this.#running.delete(done));
  }

  /** Resolves when all are done. */
  async done(): Promise<void> {
    await Promise.all(this.#running);
  }
}
