import type { Clock } from "../flow/clock.ts";
import { durationMs } from "./audio.ts";
import type { LanguageTag } from "./language.ts";
import type { HearingEvent, OwnTarget } from "./ports.ts";
import { type Caption, Captioner } from "./stages/caption.ts";
import { type Commitment, Committer } from "./stages/commit.ts";
import { OwnShares, type TargetShare } from "./stages/own_shares.ts";
import { defaultSegmentRules, onDemandSegmentRules, type Segment, Segmenter } from "./stages/segment.ts";
import { joinWords } from "./stages/text.ts";
import type { Arrivals } from "./timing.ts";

/** A segment that was cut in another session, and the targets that it is not over in. */
export interface CutSegment {
  readonly segment: Segment;
  readonly targets: readonly LanguageTag[];
}

/** What becomes of what is heard. */
export type Heard =
  | {
    readonly type: "segment";
    readonly segment: Segment;
    readonly heardAtMs: number;
    readonly segmentedAtMs: number;
  }
  | { readonly type: "cut"; readonly cut: CutSegment }
  | Caption
  | TargetShare
  | { readonly type: "flushed"; readonly id: number }
  | {
    /** A segment may become this. */
    readonly type: "guess";
    readonly segment: number;
    readonly text: string;
  }
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
  /** What comes before everything that is heard, from `firstSegment` on. */
  readonly cut: readonly CutSegment[];
  /** Of segments that have no words. */
  readonly language: LanguageTag;
  /** What the recognizer translates and speaks itself. One that speaks decides by that what a segment is. */
  readonly own: readonly OwnTarget[];
  /** How long a translation of its own may take, in ms: see `OwnTranslations`. */
  readonly ownWithinMs?: number | undefined;
  /** When which audio arrived. */
  readonly arrivals: Arrivals;
  readonly clock: Clock;
}

/** Commits what a recognizer reports and cuts it into segments, with the captions of the source on the way. */
export async function* listen(
  events: AsyncIterable<HearingEvent>,
  options: ListenOptions,
): AsyncGenerator<Heard, void> {
  const { rate, stableAfterMs, firstSegment, cut: before, language, own, ownWithinMs, arrivals, clock } =
    options;
  const committer = new Committer({ rate, stableAfterMs });
  const rules = own.some(({ speech }) => speech) ? onDemandSegmentRules : defaultSegmentRules;
  const segmenter = new Segmenter(firstSegment + before.length, rules);
  const captioner = new Captioner(0);
  const shares = own.length > 0 ? new OwnShares(own, rate, ownWithinMs) : undefined;
  let segmentedMs = 0;
  let heardMs = 0;

  function* pass(segments: readonly Segment[]): Generator<Heard, void> {
    for (const segment of segments) {
      const segmentedAtMs = clock.now();
      const heardAtMs = arrivals.at(Math.round(segment.endMs * rate / 1000)) ?? segmentedAtMs;
      yield { type: "segment", segment, heardAtMs, segmentedAtMs };
      yield captioner.final(segment.segment, segment.text);
      segmentedMs = segment.endMs;
      if (shares) yield* shares.cut(segment);
    }
  }

  function* passSomething(): Generator<Heard, void> {
    const segments = segmenter.close();
    const startMs = Math.min(segmentedMs, heardMs);
    yield* pass(segments.length > 0 ? segments : [segmenter.wordless(startMs, heardMs, language)]);
  }

  function* passAll(): Generator<Heard, void> {
    yield* pass(segmenter.close());
    if (!shares) return;
    if (shares.stranded) yield* passSomething();
    yield* shares.end();
  }

  function* follow(
    commitment: Commitment | undefined,
    heardTo: number,
    settledTo: number,
  ): Generator<Heard, void> {
    if (commitment) {
      yield* pass(segmenter.add(commitment.committed, commitment.utterance, commitment.language));
      if (commitment.final) yield* pass(segmenter.endUtterance());
    }
    if (!commitment?.tentative.length) yield* pass(segmenter.quiet(durationMs(heardTo, rate)));
    const tentative = commitment ? joinWords(commitment.tentative, commitment.language) : "";
    heardMs = durationMs(heardTo, rate);
    if (shares) yield* shares.heard(heardMs);
    const caption = captioner.partial(segmenter.growing, segmenter.pendingText, tentative);
    if (caption) yield caption;
    if (commitment?.tentative.length && !shares) {
      const { utterance, language } = commitment;
      const text = segmenter.foresee(commitment.tentative, utterance, language);
      if (text !== undefined) yield { type: "guess", segment: segmenter.growing, text };
    }
    if (segmenter.pendingText === "") {
      yield { type: "checkpoint", position: settledTo, through: segmenter.growing - 1 };
    }
  }

  for (const cut of before) {
    const { segment } = cut;
    yield { type: "cut", cut };
    // The other session may have come no further than to tell of the segment.
    yield captioner.final(segment.segment, segment.text);
    if (shares) yield* shares.cut(segment);
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
        yield* pass(segmenter.endUtterance());
        break;
      case "flushed":
        yield* passAll();
        yield event;
        break;
      case "translation":
      case "speech":
        if (!shares) break;
        if (shares.needsSegment(event)) yield* passSomething();
        yield* shares.take(event);
        break;
      case "speech_started":
      case "usage":
        break;
    }
  }
  yield* passAll();
}
