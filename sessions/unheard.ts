import type { HearingEvent, Hypothesis, SpeechRecognizer } from "../pipeline/ports.ts";

/** What somebody has heard before. */
export interface HeardBefore {
  /** Words before this place on the source clock, in ms, are known. */
  readonly fromMs: number;
  /** The number of the last utterance that is over. */
  readonly utterance: number;
}

/** A recognizer that hears all of its input and leaves the words out that are known, so that the others are heard with what was said before them. */
export function unheard(recognizer: SpeechRecognizer, before: HeardBefore): SpeechRecognizer {
  return {
    name: recognizer.name,
    traits: recognizer.traits,
    async open(options) {
      const hearing = await recognizer.open(options);
      return {
        async *hear(input, signal) {
          for await (const event of hearing.hear(input, signal)) yield withoutKnown(event, before);
        },
        [Symbol.asyncDispose]: () => hearing[Symbol.asyncDispose](),
      };
    },
  };
}

function withoutKnown(event: HearingEvent, before: HeardBefore): HearingEvent {
  switch (event.type) {
    case "hypothesis":
      return { ...newWords(event, before.fromMs), utterance: before.utterance + event.utterance };
    case "speech_started":
    case "endpoint":
      return { ...event, utterance: before.utterance + event.utterance };
    default:
      return event;
  }
}

function newWords(hypothesis: Hypothesis, fromMs: number): Hypothesis {
  const { words, stable } = hypothesis;
  const first = words.findIndex(({ startMs, endMs }) => (startMs + endMs) / 2 >= fromMs);
  const known = first < 0 ? words.length : first;
  return { ...hypothesis, words: words.slice(known), stable: Math.max(0, stable - known) };
}
