import { decodeBase64 as decodeInScript, encodeBase64 as encodeInScript } from "@std/encoding";
import { PipelineError } from "../../pipeline/error.ts";

const native: ((text: string) => Uint8Array) | undefined =
  (Uint8Array as { fromBase64?: (text: string) => Uint8Array }).fromBase64?.bind(Uint8Array);

/**
 * The bytes of a base64 text from a provider.
 *
 * @throws {PipelineError} `internal` when it is none.
 */
export function decodeBase64(text: string, provider: string): Uint8Array {
  try {
    return native ? native(text) : decodeInScript(text);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its audio is no base64`);
  }
}

/** Bytes as a base64 text, for the providers whose messages are nothing but text. */
export function encodeBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  return bytes.toBase64?.() ?? encodeInScript(bytes);
}
