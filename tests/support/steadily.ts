import { AssertionError } from "@std/assert";

/** How often a check of captured sound may run. */
const runs = 3;

/**
 * Runs a test of sound that passes through a real browser again when a comparison of levels or likeness fails: Chromium's own microphone and output
 * stumble when the machine is busy with other work. What is counted (samples, gaps, segments, messages) fails at once.
 */
export function steadily(check: () => Promise<void>): () => Promise<void> {
  return async () => {
    for (let run = 1; run < runs; run++) {
      try {
        return await check();
      } catch (error) {
        if (!(error instanceof AssertionError) || !error.message.startsWith("Expect ")) throw error;
        console.warn(`The sound was not as expected in run ${run} of ${runs}: ${error.message}`);
      }
    }
    await check();
  };
}
