/** Holds a session of an engine from the moment it is open, so that it is disposed whatever else fails. */
export class Opened<Session extends AsyncDisposable> implements AsyncDisposable {
  #session: Session | undefined;

  /** Takes the session over. */
  is(session: Session): void {
    this.#session = session;
  }

  /** @throws {TypeError} when it is not open. */
  get value(): Session {
    if (!this.#session) throw new TypeError("Cannot use the session: it is not open");
    return this.#session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
  }
}
