import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";

/** The first numbers of a small seed look alike: this many are thrown away. */
const warmUp = 32;

/** Chance that can be repeated: the same seed gives the same numbers on every machine (xoroshiro128+). */
export class Random {
  readonly #generator: JumpableRandomGenerator;

  /** @param seed a number, of which 32 bits count, or a generator to take over. */
  constructor(seed: number | JumpableRandomGenerator) {
    if (typeof seed !== "number") {
      this.#generator = seed;
      return;
    }
    this.#generator = xoroshiro128plus(seed);
    for (let index = 0; index < warmUp; index++) this.#generator.next();
  }

  /** A number from 0 up to 1. */
  next(): number {
    return uniformFloat64(this.#generator);
  }

  /** Chance of its own for a part of the work: what one part draws does not change what the others get. */
  fork(): Random {
    const own = this.#generator.clone();
    this.#generator.jump();
    return new Random(own);
  }

  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A number from `min` up to `max`. */
  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.whole(0, items.length - 1)]!;
  }

  /** A number from the standard normal distribution (Box and Muller, 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** A time to wait for something that happens this often in a unit of time (exponential); `Infinity` when it never does. */
  wait(rate: number): number {
    return rate > 0 ? -Math.log(1 - this.next()) / rate : Infinity;
  }
}
