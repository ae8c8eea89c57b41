/** The parts of the standard library that this project uses, for the npm mirror, which ships without types. */

declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    message?: string,
  ): void;
  export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;
  export function assertGreater<T>(actual: T, expected: T, message?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertLess<T>(actual: T, expected: T, message?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    message?: string,
  ): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    // deno-lint-ignore no-explicit-any -- a constructor with any arguments
    expected: new (...args: any[]) => T,
    message?: string,
  ): asserts actual is T;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- a constructor with any arguments
    errorClass?: new (...args: any[]) => E,
    messageIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- a constructor with any arguments
    errorClass?: new (...args: any[]) => E,
    messageIncludes?: string,
  ): Promise<E>;
  export function fail(message?: string): never;
  export function unreachable(reason?: string): never;
}

declare module "@std/async" {
  export function delay(ms: number, options?: { signal?: AbortSignal; persistent?: boolean }): Promise<void>;
  export function deadline<T>(
    promise: Promise<T>,
    ms: number,
    options?: { signal?: AbortSignal },
  ): Promise<T>;
  export function retry<T>(fn: () => Promise<T> | T, options?: {
    maxAttempts?: number;
    minTimeout?: number;
    maxTimeout?: number;
    multiplier?: number;
    jitter?: number;
  }): Promise<T>;
}

declare module "@std/encoding" {
  export function encodeBase64(data: ArrayBuffer | Uint8Array | string): string;
  export function decodeBase64(text: string): Uint8Array<ArrayBuffer>;
  export function encodeBase64Url(data: ArrayBuffer | Uint8Array | string): string;
  export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer>;
  export function encodeHex(data: ArrayBuffer | Uint8Array | string): string;
  export function decodeHex(text: string): Uint8Array<ArrayBuffer>;
}
