/**
 * Serial number arithmetic modulo 2³² (RFC 1982): sequence numbers and positions wrap, and stay comparable while they are less than 2³¹
 * apart.
 */

/** How far it is from one number to another, negative when it lies behind: `distance(4294967295, 1)` is 2. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

/** The number `by` steps further on. */
export function advance(number: number, by: number): number {
  return (number + by) >>> 0;
}

/** Whether `number` comes after `other`. Of two numbers exactly 2³¹ apart neither does. */
export function isAfter(number: number, other: number): boolean {
  return ((number - other) | 0) > 0;
}
