import { PipelineError } from "../../pipeline/error.ts";

/**
 * What a message holds that is JSON, as text or as its bytes.
 *
 * @throws {PipelineError} `internal` when it is something else; the message does not hold it.
 */
export function parseMessage(data: string | Uint8Array, provider: string): unknown {
  try {
    return JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data));
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
