import { Committer } from "../../pipeline/stages/commit.ts";
import { hypotheses } from "./talk.ts";

Deno.bench(
  `Committer: an utterance of 36 words in ${hypotheses.length} hypotheses`,
  { group: "commit" },
  () => {
    const committer = new Committer({ rate: 16_000, stableAfterMs: 400 });
    for (const hypothesis of hypotheses) committer.update(hypothesis);
  },
);

const [last] = hypotheses.slice(-2);

Deno.bench("Committer: 100 times told that the recognizer has listened on", { group: "commit" }, () => {
  const committer = new Committer({ rate: 16_000, stableAfterMs: 400 });
  committer.update(last!);
  for (let count = 1; count <= 100; count++) committer.progress(last!.heardTo + 1600 * count);
});
