import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { kindOfStatus } from "../net/http_refusal.ts";

/** What Soniox is called in messages. */
export const provider = "Soniox";

/** What an error means: the codes are those of HTTP (https://soniox.com/docs/api-reference/errors). With 503 ends what could go on in another stream. */
export function errorOf(code: number): PipelineError {
  const kind: ErrorKind = code === 503 ? "unavailable" : kindOfStatus(code);
  return new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${code}, ${kind}`);
}
