import { encodeBase64Url } from "@std/encoding";

/** A name or token that cannot be guessed: 144 random bits in 24 characters. */
export function unguessable(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(18)));
}

/**
 * The tokens that a session can be resumed with. They rotate: each resume hands out the next one, and the old one dies only when the client
 * shows that it has the next, so that a token lost in a cut does not lose the session.
 */
export class Tokens {
  #current = unguessable();
  #previous: string | undefined;

  /** The token that the client should use next. */
  get current(): string {
    return this.#current;
  }

  /** Whether a session may be resumed with this token. */
  accepts(token: string): boolean {
    return token === this.#current || token === this.#previous;
  }

  /** Hands out the next token after a resume with `used`, which stays good until `confirm`. */
  rotate(used: string): string {
    this.#previous = used;
    this.#current = unguessable();
    return this.#current;
  }

  /** The client has the current token: the one before is no good any more. */
  confirm(): void {
    this.#previous = undefined;
  }
}
