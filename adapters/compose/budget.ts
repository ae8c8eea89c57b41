import type { Clock } from "../../flow/clock.ts";

/** Options of a {@linkcode Budget}. */
export interface BudgetOptions {
  readonly clock: Clock;
  /** What may be spent within 24 hours, in the currency of the prices; more than 0. */
  readonly limit: number;
  /** Called each time that everything is spent. */
  readonly onSpent?: () => void;
}

/** What is given up as the money runs out: at first only what is asked twice, then new sessions, those that run last. */
export type BudgetState = "free" | "frugal" | "closed" | "spent";

const hourMs = 3_600_000;
const hours = 24;
/** From these shares of the limit on. */
const frugalShare = 0.8;
const closedShare = 0.95;

/** Counts what this instance spent within the last 24 hours, hour by hour. */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #spent = new Float64Array(hours);
  #hour: number;

  constructor(options: BudgetOptions) {
    this.#options = options;
    this.#hour = this.#hourNow();
  }

  /** How much of the limit is spent: 1 is all of it. */
  get share(): number {
    this.#slide();
    return this.#spent.reduce((sum, amount) => sum + amount) / this.#options.limit;
  }

  get state(): BudgetState {
    const { share } = this;
    if (share >= 1) return "spent";
    if (share >= closedShare) return "closed";
    return share >= frugalShare ? "frugal" : "free";
  }

  /** How long until an hour falls out of the count, in ms. */
  get waitMs(): number {
    return (this.#hourNow() + 1) * hourMs - this.#options.clock.now();
  }

  /** Something was spent. */
  spend(amount: number): void {
    const before = this.share;
    this.#spent[this.#hour % hours]! += amount;
    if (before < 1 && this.share >= 1) this.#options.onSpent?.();
  }

  #hourNow(): number {
    return Math.floor(this.#options.clock.now() / hourMs);
  }

  #slide(): void {
    const now = this.#hourNow();
    for (let hour = Math.max(this.#hour + 1, now - hours + 1); hour <= now; hour += 1) {
      this.#spent[hour % hours] = 0;
    }
    this.#hour = now;
  }
}
