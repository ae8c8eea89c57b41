import type { Profile } from "../profile.ts";
import { fastest } from "./fastest.ts";
import { instant } from "./instant.ts";
import { published } from "./published.ts";
import { slow } from "./slow.ts";

/** Every profile there is; the first is the default. */
export const profiles: readonly [Profile, ...Profile[]] = [published, fastest, slow, instant];

/** @throws {RangeError} when there is no profile of that name. */
export function profileNamed(name: string): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  const known = profiles.map((profile) => profile.name).join(", ");
  throw new RangeError(`Cannot simulate: there is no profile ${name}, expected one of ${known}`);
}
