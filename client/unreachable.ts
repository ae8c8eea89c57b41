import { InterpretError } from "./interpret_error.ts";

/**
 * Finds out why a socket could not be opened, which browsers do not tell: the same address answers over plain HTTP, with 401 when the key is missing or
 * wrong. Gives `otherwise` when that is not it.
 */
export async function refusedForKey(
  service: URL,
  apiKey: string | undefined,
  otherwise: InterpretError,
): Promise<InterpretError> {
  try {
    const { status, body } = await fetch(new URL("v1/stream", service), {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    });
    await body?.cancel();
    return status === 401
      ? new InterpretError("unauthenticated", undefined, { cause: otherwise.cause })
      : otherwise;
  } catch {
    return otherwise;
  }
}
