import { SharedTask } from "./shared_task.ts";

/** A session on loan. */
export interface Loan<Session> {
  readonly session: Session;
  /** Gives it back; a session that is `spent` is not lent again. */
  end(spent: boolean): void;
}

interface Copy<Session> {
  readonly opening: SharedTask<Session>;
  loans: number;
  spent: boolean;
}

/** A provider's session that is opened when it is first needed, shared by all who need it, and replaced when it is spent. */
export class Renewable<Session extends AsyncDisposable> implements AsyncDisposable {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  readonly #ends = new Set<Promise<void>>();
  #current: Copy<Session> | undefined;

  constructor(open: (signal: AbortSignal) => Promise<Session>) {
    this.#open = open;
  }

  /**
   * Lends the session, opened if need be.
   *
   * @throws what opening throws, or `signal.reason`.
   */
  async borrow(signal: AbortSignal): Promise<Loan<Session>> {
    if (this.#current?.opening.over) this.#current = undefined;
    const copy = this.#current ??= {
      opening: new SharedTask((signal) => openWhole(this.#open, signal)),
      loans: 0,
      spent: false,
    };
    copy.loans += 1;
    try {
      const session = await copy.opening.join(signal);
      let given = false;
      return {
        session,
        end: (spent) => {
          if (!given) this.#giveBack(copy, spent);
          given = true;
        },
      };
    } catch (error) {
      // One who leaves does not spoil it for the others; the last one, or a failure, does.
      this.#giveBack(copy, copy.opening.over);
      throw error;
    }
  }

  /** Ends what is lent as soon as it is given back, and what is not lent now; waits for all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const copy = this.#current;
    if (copy) {
      copy.loans += 1;
      this.#giveBack(copy, true);
    }
    await Promise.all(this.#ends);
  }

  #giveBack(copy: Copy<Session>, spent: boolean): void {
    copy.loans -= 1;
    copy.spent ||= spent;
    if (copy.spent && this.#current === copy) this.#current = undefined;
    if (!copy.spent || copy.loans > 0) return;
    const end = copy.opening.settled.then((session) => session?.[Symbol.asyncDispose]()).catch(() => {});
    this.#ends.add(end);
    end.then(() => this.#ends.delete(end));
  }
}

/** Opens a session, or nothing: one that comes after everybody has left is disposed. */
async function openWhole<Session extends AsyncDisposable>(
  open: (signal: AbortSignal) => Promise<Session>,
  signal: AbortSignal,
): Promise<Session> {
  const session = await open(signal);
  if (!signal.aborted) return session;
  await session[Symbol.asyncDispose]();
  throw signal.reason;
}
