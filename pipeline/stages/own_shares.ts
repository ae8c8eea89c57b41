import type { LanguageTag } from "../language.ts";
import { durationMs } from "../audio.ts";
import type { OwnSpeech, OwnTarget, OwnTranslation } from "../ports.ts";
import { OwnSpeechBursts } from "./own_speech.ts";
import { OwnText } from "./own_text.ts";
import type { Segment } from "./segment.ts";
import type { Share } from "./share.ts";

/** A share and the target that it is for. */
export interface TargetShare {
  readonly type: "share";
  readonly target: LanguageTag;
  readonly share: Share;
}

/** Shares out to segments what a recognizer translates and speaks itself, for all of its targets. */
export class OwnShares {
  readonly #rate: number;
  readonly #texts = new Map<LanguageTag, OwnText>();
  readonly #bursts = new Map<LanguageTag, OwnSpeechBursts>();

  /**
   * @param rate samples a second of the source.
   * @param withinMs as in {@linkcode OwnTranslations}.
   */
  constructor(targets: readonly OwnTarget[], rate: number, withinMs?: number) {
    this.#rate = rate;
    for (const { target, speech } of targets) {
      if (speech) this.#bursts.set(target, new OwnSpeechBursts(target));
      else this.#texts.set(target, new OwnText(target, withinMs));
    }
  }

  /** Whether text was translated of which no segment is known. */
  get stranded(): boolean {
    return this.#texts.values().some((text) => text.stranded);
  }

  /** Whether a segment has to be cut before this can be taken. */
  needsSegment(event: OwnTranslation | OwnSpeech): boolean {
    const { target } = event;
    return this.#bursts.get(target)?.needsSegment(event) ?? this.#texts.get(target)?.overflowing ?? false;
  }

  /** A segment was cut. */
  cut(segment: Segment): Iterable<TargetShare> {
    return this.#each((one) => one.cut(segment));
  }

  /** What the recognizer reported; for targets that it was not asked for, nothing. */
  *take(event: OwnTranslation | OwnSpeech): Generator<TargetShare, void> {
    const { target } = event;
    const bursts = this.#bursts.get(target);
    if (bursts) return yield* toTarget(target, bursts.take(event));
    const text = this.#texts.get(target);
    if (!text || event.type === "speech") return;
    const toMs = event.sourceTo === undefined ? undefined : durationMs(event.sourceTo, this.#rate);
    yield* toTarget(target, text.take(event.append, event.tentative, toMs));
  }

  /** The recognizer has listened so far, in ms on the source clock. */
  heard(heardMs: number): Iterable<TargetShare> {
    return this.#each((one) => one.heard(heardMs));
  }

  /** Everything that was said is translated and spoken. */
  end(): Iterable<TargetShare> {
    return this.#each((one) => one.end());
  }

  *#each(ask: (one: OwnText | OwnSpeechBursts) => readonly Share[]): Generator<TargetShare, void> {
    for (const [target, text] of this.#texts) yield* toTarget(target, ask(text));
    for (const [target, bursts] of this.#bursts) yield* toTarget(target, ask(bursts));
  }
}

function* toTarget(target: LanguageTag, shares: readonly Share[]): Generator<TargetShare, void> {
  for (const share of shares) yield { type: "share", target, share };
}
