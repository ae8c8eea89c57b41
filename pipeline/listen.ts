import type { Clock } from "../flow/clock.ts";
import { durationMs } from "./audio.ts";
import type { HearingEvent } from "./ports.ts";
import { type Caption, Captioner } from "./stages/caption.ts";
import { type Commitment, Committer } from "./stages/commit.ts";
import { type Segment, Segmenter } from "./stages/segment.ts";
import { joinWords } from "./stages/text.ts";
import type { Arrivals } from "./timing.ts";

/** What becomes of what is heard. */
export type Heard =
  | {
    readonly type: "segment";
    readonly segment: Segment;
    readonly heardAtMs: number;
    readonly segmentedAtMs: number;
  }
  | Caption
  | { readonly type: "flushed"; readonly id: number }
  | {
    /** Segments up to `through` hold everything that was said before `position`, in source samples. */
    readonly type: "checkpoint";
    readonly position: number;
    readonly through: number;
  };

/** Options of {@linkcode listen}. */
export interface ListenOptions {
  /** Samples a second of the source. */
  readonly rate: number;
  /** The recognizer's own span, in ms: see `RecognizerTraits`. */
  readonly stableAfterMs: number;
  readonly firstSegment: number;
  /** When which audio arrived. */
  readonly arrivals: Arrivals;
  readonly clock: Clock;
}

/** Commits what a recognizer reports and cuts it into segments, with the captions of the source on the way. */
export async function* listen(
  events: AsyncIterable<HearingEvent>,
  options: ListenOptions,
): AsyncGenerator<Heard, void> {
  const { rate, stableAfterMs, firstSegment, arrivals, clock } = options;
  const committer = new Committer({ rate, stableAfterMs });
  const segmenter = new Segmenter(firstSegment);
  const captioner = new Captioner(0);

  function* pass(segments: readonly Segment[]): Generator<Heard, void> {
    for (const segment of segments) {
      const segmentedAtMs = clock.now();
      const heardAtMs = arrivals.at(Math.round(segment.endMs * rate / 1000)) ?? segmentedAtMs;
      yield { type: "segment", segment, heardAtMs, segmentedAtMs };
      yield captioner.final(segment.segment, segment.text);
    }
  }

  function* follow(
    commitment: Commitment | undefined,
    heardTo: number,
    settledTo: number,
  ): Generator<Heard, void> {
    if (commitment) {
      yield* pass(segmenter.add(commitment.committed, commitment.utterance, commitment.language));
      if (commitment.final) yield* pass(segmenter.close());
    }
    if (!commitment?.tentative.length) yield* pass(segmenter.quiet(durationMs(heardTo, rate)));
    const tentative = commitment ? joinWords(commitment.tentative, commitment.language) : "";
    const caption = captioner.partial(segmenter.growing, segmenter.pendingText, tentative);
    if (caption) yield caption;
    if (segmenter.pendingText === "") {
      yield { type: "checkpoint", position: settledTo, through: segmenter.growing - 1 };
    }
  }

  for await (const event of events) {
    switch (event.type) {
      case "hypothesis":
        yield* follow(committer.update(event), event.heardTo, event.settledTo);
        break;
      case "progress":
        yield* follow(committer.progress(event.heardTo), event.heardTo, event.settledTo);
        break;
      case "endpoint":
        yield* pass(segmenter.close());
        break;
      case "flushed":
        yield* pass(segmenter.close());
        yield event;
        break;
      case "speech_started":
      case "usage":
        break;
    }
  }
  yield* pass(segmenter.close());
}
