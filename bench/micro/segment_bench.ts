import { Captioner } from "../../pipeline/stages/caption.ts";
import { Segmenter } from "../../pipeline/stages/segment.ts";
import { words } from "./talk.ts";

Deno.bench("Segmenter: 36 words, one after the other, into clauses", { group: "segment" }, () => {
  const segmenter = new Segmenter();
  for (const word of words) {
    segmenter.add([word], 1, "en");
    segmenter.quiet(word.endMs);
  }
  segmenter.close();
});

Deno.bench("Segmenter and Captioner: the same with a caption for each word", { group: "segment" }, () => {
  const segmenter = new Segmenter();
  const captioner = new Captioner(0);
  for (const word of words) {
    for (const { segment, text } of segmenter.add([word], 1, "en")) captioner.final(segment, text);
    captioner.partial(segmenter.growing, segmenter.pendingText, "");
  }
});
