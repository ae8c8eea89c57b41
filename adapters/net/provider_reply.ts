import * as v from "valibot";
import { PipelineError } from "../../pipeline/error.ts";

/**
 * What a provider sent, as its schema has it; what the schema does not name is left out.
 *
 * @throws {PipelineError} `internal` when it is something else; the message does not hold it.
 */
export function parseReply<Schema extends v.GenericSchema>(
  schema: Schema,
  reply: unknown,
  provider: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, reply, { abortEarly: true });
  if (result.success) return result.output;
  const where = v.getDotPath(result.issues[0]) ?? "it";
  throw new PipelineError(
    "internal",
    `Cannot use ${provider}: its answer is not as agreed, ${where} is wrong`,
  );
}
