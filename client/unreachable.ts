/// <reference lib="dom" />
import { InterpretError, type InterpretErrorCode } from "./interpret_error.ts";

const refusals: ReadonlyMap<number, InterpretErrorCode> = new Map([
  [401, "unauthenticated"],
  [403, "origin"],
  [429, "full"],
  [503, "full"],
]);

/**
 * Finds out why a socket could not be opened, which browsers do not tell: the same address answers over plain HTTP. Gives `otherwise` when it does not,
 * or has nothing against the page.
 */
export async function whyUnreachable(
  service: URL,
  apiKey: string | undefined,
  otherwise: InterpretError,
): Promise<InterpretError> {
  const address = new URL("v1/stream", service);
  const { cause } = otherwise;
  try {
    const answer = await fetch(address, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    });
    const { kind, detail } = await answer.json().catch(() => ({})) as {
      readonly kind?: string;
      readonly detail?: string;
    };
    if (answer.status === 503 && kind !== "overloaded") {
      return new InterpretError("failed", detail, { cause });
    }
    const code = refusals.get(answer.status);
    return code ? new InterpretError(code, undefined, { cause }) : otherwise;
  } catch {
    // A service that lets no other origin in does not let it read the answer either; that there is one can be seen.
    const there = await fetch(address, { mode: "no-cors" }).then(() => true, () => false);
    return there ? new InterpretError("origin", undefined, { cause }) : otherwise;
  }
}
