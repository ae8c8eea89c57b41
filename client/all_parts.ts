import { openSource } from "./capture/open_source.ts";
import type { Parts } from "./parts.ts";
import { Speaker } from "./playback/speaker.ts";
import { whyUnreachable } from "./unreachable.ts";

/** All parts, for a page that has them in one piece with its own script. */
export const allParts: Parts = {
  capture: () => Promise.resolve({ openSource }),
  playback: () => Promise.resolve({ Speaker }),
  unreachable: () => Promise.resolve({ whyUnreachable }),
};
