import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import { closestTag } from "./closest_tag.ts";
import type { EndToEndWish } from "./end_to_end_wire.ts";

/** A target as it was asked for, and as the provider calls it. */
export interface TargetCode {
  /** Absent where the transcript alone is wanted. */
  readonly target: LanguageTag | undefined;
  readonly code: string;
}

/**
 * The targets of a session out of those that a provider knows. Where none is wanted there is one all the same, for providers that write down only what they
 * translate.
 *
 * @throws {PipelineError} `unsupported_language` when one is not known.
 */
export function targetCodes(
  { source, targets }: EndToEndWish,
  known: readonly LanguageTag[],
  provider: string,
): readonly TargetCode[] {
  if (targets.length === 0) {
    return [{ target: undefined, code: known.find((tag) => !sameLanguage(tag, source)) ?? source }];
  }
  return targets.map(({ target }) => {
    const code = closestTag(target, known);
    if (code !== undefined) return { target, code };
    throw new PipelineError(
      "unsupported_language",
      `Cannot translate into ${target}: ${provider} does not speak it`,
    );
  });
}
