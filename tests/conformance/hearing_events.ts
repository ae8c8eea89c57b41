import { assert, assertEquals } from "@std/assert";
import { samplesOf } from "../../pipeline/audio.ts";
import type { HearingEvent, Hypothesis } from "../../pipeline/ports.ts";
import { matchTag } from "../../pipeline/language.ts";

/** What a recognizer was given, as far as its report has to agree with it. */
export interface Heard {
  /** Samples a second. */
  readonly rate: number;
  /** Positions of the first sample and of the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly languages: readonly string[];
  /** The flushes asked for, in order. */
  readonly flushes?: readonly number[];
}

/** How far, in ms, a word's time may lie outside of what it should: a few of the frames that recognizers count in. */
const toleranceMs = 50;

interface Progress {
  utterance: number;
  started: boolean;
  ended: boolean;
  last: Hypothesis | undefined;
}

/**
 * Checks a whole report of a {@linkcode Hearing}, from its first event to its end, against the port: one final per utterance and nothing
 * of the utterance revised after it, stable words that stay, numbers, positions and times that never go back, also of what it translates and
 * speaks itself, flushes answered once.
 *
 * @throws {AssertionError} that names the rule that is broken.
 */
export function assertConsistent(events: readonly HearingEvent[], heard: Heard): void {
  const { rate, from, to } = heard;
  const toMs = (samples: number) => samples * 1000 / rate;
  const flushes: number[] = [];
  const translatedTo = new Map<string, number>();
  const spokenTo = new Map<string, number>();
  let open: Progress | undefined;
  let numbered = -Infinity;
  let position = from;
  let heardTo = from;
  let settledTo = from;
  let saidToMs = toMs(from);

  const close = (why: string) => {
    if (open && (open.started || open.last)) {
      assert(open.last?.final === true, `Utterance ${open.utterance} has no final hypothesis ${why}`);
    }
    open = undefined;
  };
  const enter = (utterance: number): Progress => {
    if (open?.utterance === utterance) return open;
    close(`before utterance ${utterance} begins`);
    assert(utterance > numbered, `Utterance numbers go back: ${utterance} after ${numbered}`);
    numbered = utterance;
    return open = { utterance, started: false, ended: false, last: undefined };
  };
  const move = (next: number) => {
    assert(next >= position, `Positions go back: ${next} after ${position}`);
    assert(next <= to, `A position lies past the audio: ${next}, expected at most ${to}`);
    position = next;
  };

  for (const event of events) {
    switch (event.type) {
      case "speech_started": {
        const progress = enter(event.utterance);
        assert(
          !progress.started && !progress.last && !progress.ended,
          `Utterance ${event.utterance} starts more than once`,
        );
        progress.started = true;
        move(event.position);
        break;
      }
      case "endpoint": {
        const progress = enter(event.utterance);
        assert(!progress.ended, `Utterance ${event.utterance} ends more than once`);
        progress.ended = true;
        move(event.position);
        break;
      }
      case "hypothesis": {
        const progress = enter(event.utterance);
        assert(!progress.last?.final, `Utterance ${event.utterance} has a hypothesis after its final one`);
        assertFollows(progress.last, event);
        assert(event.heardTo >= heardTo, `heardTo goes back: ${event.heardTo} after ${heardTo}`);
        assert(event.heardTo <= to, `heardTo lies past the audio: ${event.heardTo}, expected at most ${to}`);
        assert(
          event.settledTo >= settledTo,
          `settledTo goes back: ${event.settledTo} after ${settledTo}`,
        );
        assert(
          event.settledTo <= event.heardTo,
          `settledTo is ${event.settledTo}, expected at most heardTo, ${event.heardTo}`,
        );
        assert(
          matchTag(event.language, heard.languages) !== undefined,
          `The language is ${event.language}, expected one of ${heard.languages}`,
        );
        assertWords(event, saidToMs, toMs);
        heardTo = event.heardTo;
        settledTo = event.settledTo;
        progress.last = event;
        if (event.final) saidToMs = Math.max(saidToMs, event.words.at(-1)?.endMs ?? 0);
        break;
      }
      case "progress":
        assert(event.heardTo >= heardTo, `heardTo goes back: ${event.heardTo} after ${heardTo}`);
        assert(event.heardTo <= to, `heardTo lies past the audio: ${event.heardTo}, expected at most ${to}`);
        assert(event.settledTo >= settledTo, `settledTo goes back: ${event.settledTo} after ${settledTo}`);
        assert(
          event.settledTo <= event.heardTo,
          `settledTo is ${event.settledTo}, expected at most heardTo, ${event.heardTo}`,
        );
        heardTo = event.heardTo;
        settledTo = event.settledTo;
        break;
      case "translation":
        if (event.sourceTo === undefined) break;
        assert(
          event.sourceTo >= (translatedTo.get(event.target) ?? from),
          `The place of a translation goes back: ${event.sourceTo} after ${translatedTo.get(event.target)}`,
        );
        assert(
          event.sourceTo <= to,
          `A translation comes from past the audio: ${event.sourceTo}, expected at most ${to}`,
        );
        translatedTo.set(event.target, event.sourceTo);
        break;
      case "speech": {
        const { audio, target } = event;
        const length = samplesOf(audio);
        assert(length * 5 <= audio.rate, `A piece of speech has ${length} samples, more than 200 ms`);
        assertEquals(audio.position, spokenTo.get(target) ?? 0, "Positions of speech go on without a gap");
        spokenTo.set(target, audio.position + length);
        break;
      }
      case "flushed":
        close(`before flush ${event.id} is answered`);
        flushes.push(event.id);
        break;
      case "usage":
        for (const count of [event.audioMs, event.characters, event.tokens]) {
          assert(count === undefined || count >= 0, `Usage is ${count}, expected 0 or more`);
        }
        break;
    }
  }
  close("at the end");
  assertEquals(flushes, [...heard.flushes ?? []], "Each flush is answered once, in order");
}

function assertFollows(before: Hypothesis | undefined, event: Hypothesis): void {
  const { utterance, stable, words } = event;
  assert(
    Number.isInteger(stable) && stable >= 0 && stable <= words.length,
    `stable is ${stable}, expected 0 to ${words.length}`,
  );
  if (event.final) {
    assertEquals(stable, words.length, `A final hypothesis is stable to its end (utterance ${utterance})`);
  }
  if (!before) return;
  assert(stable >= before.stable, `stable goes back: ${stable} after ${before.stable}`);
  assertEquals(
    texts(event).slice(0, before.stable),
    texts(before).slice(0, before.stable),
    `Stable words of utterance ${utterance} changed`,
  );
}

function assertWords(event: Hypothesis, saidToMs: number, toMs: (samples: number) => number): void {
  let beganMs = -Infinity;
  for (const { text, startMs, endMs, timing } of event.words) {
    assert(text !== "" && !/\s/.test(text), `A word is empty or holds white space`);
    assert(startMs <= endMs, `A word ends before it starts: ${startMs} to ${endMs} ms`);
    assert(startMs >= beganMs, `Words go back in time: ${startMs} ms after ${beganMs} ms`);
    beganMs = startMs;
    if (timing === "estimated") continue;
    assert(
      startMs >= saidToMs - toleranceMs,
      `A word starts at ${startMs} ms, before what was heard earlier ends, ${saidToMs} ms`,
    );
    assert(
      endMs <= toMs(event.heardTo) + toleranceMs,
      `A word ends at ${endMs} ms, after heardTo, ${toMs(event.heardTo)} ms`,
    );
    if (event.final) {
      assert(
        endMs <= toMs(event.settledTo) + toleranceMs,
        `A final word ends at ${endMs} ms, after settledTo, ${toMs(event.settledTo)} ms`,
      );
    } else {
      assert(
        endMs > toMs(event.settledTo) - toleranceMs,
        `A word that is not final ends at ${endMs} ms, before settledTo, ${toMs(event.settledTo)} ms`,
      );
    }
  }
}

/** The words of a hypothesis as they are written. */
export function texts(hypothesis: Hypothesis): string[] {
  return hypothesis.words.map((word) => word.text);
}

/** The final hypotheses of a report, in order. */
export function finals(events: readonly HearingEvent[]): Hypothesis[] {
  return events.filter((event) => event.type === "hypothesis").filter((event) => event.final);
}

/** The words that became final, joined: the transcript. */
export function transcript(events: readonly HearingEvent[]): string {
  return finals(events).flatMap(texts).join(" ");
}
