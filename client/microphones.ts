import type { Microphone } from "./capture/microphone.ts";

/**
 * The microphones there are.
 *
 * @param options `ask`: whether to ask the user for permission first, so that labels are known.
 * @throws {InterpretError} when there is no access to microphones at all, or the user was asked and did not allow it.
 */
export async function microphones(options?: { readonly ask?: boolean }): Promise<readonly Microphone[]> {
  const capture = await import("./capture/microphone.ts");
  return await capture.microphones(options);
}
