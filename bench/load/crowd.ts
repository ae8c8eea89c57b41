import { LoadSession, type LoadSessionOptions } from "./load_session.ts";

/** How often the crowd looks whose turn it is, in ms. */
const lookEveryMs = 4;

interface Member {
  readonly session: LoadSession;
  dueMs: number;
}

/** Many speakers at the pace of speech, each with a phase of its own, on one timer. */
export class Crowd {
  readonly #options: LoadSessionOptions;
  readonly #messageMs: number;
  readonly #members: Member[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #due = 0;
  #late = 0;

  constructor(options: LoadSessionOptions, messageMs: number) {
    this.#options = options;
    this.#messageMs = messageMs;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Adds speakers until there are so many, a few at a time, and waits until all are ready. */
  async growTo(count: number): Promise<void> {
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
    while (this.#members.length < count) {
      const batch = Array.from({ length: Math.min(10, count - this.#members.length) }, () => this.#add());
      await Promise.all(batch.map(({ session }) => session.ready));
    }
  }

  /** Replaces the oldest speakers by new ones. */
  async replace(count: number): Promise<void> {
    const leaving = this.#members.splice(0, count);
    for (const { session } of leaving) session.close();
    await Promise.all(leaving.map(({ session }) => session.closed));
    await this.growTo(this.#members.length + leaving.length);
  }

  /** The share of messages that were due and were sent within one message's time, since it was asked last. */
  pace(): number {
    const pace = this.#due === 0 ? 1 : 1 - this.#late / this.#due;
    this.#due = 0;
    this.#late = 0;
    return pace;
  }

  /** Everybody leaves. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    for (const { session } of this.#members) session.close();
    await Promise.all(this.#members.splice(0).map(({ session }) => session.closed));
  }

  #add(): Member {
    const member = {
      session: new LoadSession(this.#options),
      dueMs: performance.now() + Math.random() * this.#messageMs,
    };
    this.#members.push(member);
    return member;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const member of this.#members) {
      while (member.dueMs <= nowMs) {
        if (nowMs - member.dueMs > this.#messageMs) this.#late += 1;
        this.#due += 1;
        member.dueMs += this.#messageMs;
        member.session.tick(nowMs);
      }
    }
  }
}
