import { durationMs } from "../pipeline/audio.ts";
import type { Word } from "../pipeline/ports.ts";
import type { Segment } from "../pipeline/stages/segment.ts";
import type { ToldSegment } from "../protocol/client_message.ts";

/** A segment that a client was told by another instance, as it was cut there; the times of its words are shared out by their length. */
export function segmentOfTold(told: ToldSegment, segment: number, rate: number): Segment {
  const { utterance, start, end, text, language } = told;
  const [startMs, endMs] = [durationMs(start, rate), durationMs(end, rate)];
  const msPerCharacter = (endMs - startMs) / Math.max(1, text.length);
  const words = text.matchAll(/\S+/g).map(({ 0: word, index }): Word => ({
    text: word,
    startMs: startMs + index * msPerCharacter,
    endMs: startMs + (index + word.length) * msPerCharacter,
    timing: "estimated",
  }));
  return { segment, utterance, language, text, words: [...words], startMs, endMs };
}
