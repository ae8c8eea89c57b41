import { PipelineError } from "../../pipeline/error.ts";
import { abortable } from "../../flow/abortable.ts";

/** A text as it goes over a wire: well-formed, without control characters, white space single. White space at its ends stays, as one space. */
export function plain(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\s]+/gu, " ");
}

/** Whether there is anything in a text that can be said. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/**
 * Puts a text together that is still coming in.
 *
 * @throws {PipelineError} `invalid_request` when it has more than `limit` UTF-16 units; `signal.reason` when the signal aborts.
 */
export async function wholeText(
  text: AsyncIterable<string>,
  limit: number,
  signal: AbortSignal,
): Promise<string> {
  let whole = "";
  for await (const part of abortable(text, signal)) {
    whole += part;
    checkLength(whole.length, limit);
  }
  return whole;
}

/** @throws {PipelineError} `invalid_request` when a text of this length is too long to be spoken. */
export function checkLength(length: number, limit: number): void {
  if (length <= limit) return;
  const message = `Cannot speak a text: it has ${length} characters or more, at most ${limit} are allowed`;
  throw new PipelineError("invalid_request", message);
}
