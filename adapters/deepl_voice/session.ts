import { durationMs } from "../../pipeline/audio.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Word } from "../../pipeline/ports.ts";
import type { EndToEndReport, EndToEndSession } from "../net/end_to_end_wire.ts";
import { estimatedWords } from "../net/transcript_words.ts";
import type { VoiceStream } from "./stream.ts";
import { chunkMessage, endMessage, type Stretch, type VoiceEvent } from "./wire.ts";

/** What a {@linkcode VoiceSession} is made of. */
export interface VoiceSessionParts {
  readonly stream: VoiceStream;
  /** Which target a code, in lower case, stands for. */
  readonly targets: ReadonlyMap<string, LanguageTag>;
  /** A connection that is so old is replaced between two utterances, in ms. */
  readonly renewAfterMs: number;
}

type Transcript = Record<"concluded" | "tentative", readonly Stretch[]>;

/** A session of DeepL Voice: what is said, with its places, and what it means in every target. */
export class VoiceSession implements EndToEndSession {
  readonly #parts: VoiceSessionParts;
  readonly #ended = Promise.withResolvers<void>();
  #report: EndToEndReport | undefined;
  #changing = false;

  constructor(parts: VoiceSessionParts) {
    this.#parts = parts;
    this.#ended.promise.catch(() => {});
  }

  get waitingBytes(): number {
    return this.#parts.stream.waitingBytes;
  }

  /** Whether what was said last may still change. */
  get awaiting(): boolean {
    return this.#changing;
  }

  listen(report: EndToEndReport): void {
    this.#report = report;
    this.#parts.stream.listen({
      take: (event) => this.#take(event, report),
      failed: (error) => {
        this.#ended.reject(error);
        report.failed(error);
      },
    });
  }

  async send(chunk: Int16Array): Promise<void> {
    const { stream, renewAfterMs } = this.#parts;
    if (!this.#report?.speaking && stream.ageMs > renewAfterMs) await stream.renew();
    await stream.send(chunkMessage(chunk));
  }

  async end(): Promise<void> {
    await this.#parts.stream.send(endMessage);
    await this.#ended.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.stream[Symbol.asyncDispose]();
  }

  #take(event: VoiceEvent, report: EndToEndReport): void {
    switch (event.type) {
      case "transcript":
        return event.target === undefined
          ? this.#takeSource(event, report)
          : this.#takeTarget(event, event.target, report);
      case "media": {
        const target = this.#targetOf(event.target);
        if (target !== undefined) { for (const piece of event.pieces) report.spoke(target, piece); }
        return;
      }
      case "end":
        return this.#ended.resolve();
    }
  }

  #takeSource({ concluded, tentative }: Transcript, report: EndToEndReport): void {
    const fresh = (stretches: readonly Stretch[]) =>
      wordsOf(stretches, report).filter(({ startMs }) => startMs >= report.promotedMs - 1);
    this.#changing = tentative.length > 0;
    report.said(fresh(concluded), fresh(tentative));
  }

  #takeTarget({ concluded, tentative }: Transcript, code: string, report: EndToEndReport): void {
    const target = this.#targetOf(code);
    if (target === undefined) return;
    for (const { text: append, endMs } of concluded) {
      const sourceTo = Math.round(report.map.positionAt(endMs, "ends"));
      report.translated({ target, append, tentative: "", sourceTo });
    }
    report.translated({ target, append: "", tentative: tentative.map(({ text }) => text).join("") });
  }

  #targetOf(code: string): LanguageTag | undefined {
    return this.#parts.targets.get(code.toLowerCase());
  }
}

/** The words of stretches on the source's clock. */
function wordsOf(stretches: readonly Stretch[], { map }: EndToEndReport): readonly Word[] {
  return stretches.flatMap(({ text, startMs, endMs }) =>
    estimatedWords(text, {
      startMs: durationMs(map.positionAt(startMs, "begins"), map.rate),
      endMs: durationMs(map.positionAt(endMs, "ends"), map.rate),
    })
  );
}
