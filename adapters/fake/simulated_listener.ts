import type { Frame } from "../../pipeline/audio.ts";
import type { HearingEvent, Hypothesis, Word } from "../../pipeline/ports.ts";
import { drawMs } from "./latency.ts";
import type { Listener } from "./listener.ts";
import type { Profile } from "./profile.ts";
import type { Random } from "./random.ts";
import { drawDelayFactor, type HearingTrouble } from "./trouble.ts";
import { drawWord } from "./vocabulary.ts";

/** What a {@linkcode SimulatedListener} is made of. */
export interface SimulatedListenerParts {
  /** Hears at once and makes no mistakes. */
  readonly inner: Listener;
  readonly rate: number;
  readonly profile: Profile;
  readonly trouble: HearingTrouble;
  readonly random: Random;
}

interface Pending {
  readonly event: HearingEvent;
  /** When it is to be reported, on the source clock, in samples. */
  readonly due: number;
}

/**
 * Reports what another listener hears as late as a remote provider does, on media time, and with a provider's mistakes. The order of the events
 * stays: an utterance is reported to its end before the next one begins.
 */
export class SimulatedListener implements Listener {
  heardTo = 0;
  readonly #parts: SimulatedListenerParts;
  readonly #pending: Pending[] = [];
  #lastDue = 0;
  #settledTo = 0;
  #speaking = false;
  #interimSamples = 0;
  /** The words of the utterance that were shown wrong at first, or not: one draw each. */
  #shown = 0;

  constructor(parts: SimulatedListenerParts) {
    this.#parts = parts;
  }

  get settledTo(): number {
    if (!this.#speaking && this.#pending.length === 0) this.#settledTo = this.#parts.inner.settledTo;
    return this.#settledTo;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  hear(frame: Frame, to = frame.position + frame.samples.length): HearingEvent[] {
    for (const event of this.#parts.inner.hear(frame, to)) this.#schedule(event);
    this.heardTo = Math.max(this.heardTo, to);
    return this.#report(this.heardTo);
  }

  flush(): HearingEvent[] {
    for (const event of this.#parts.inner.flush()) this.#schedule(event);
    return this.#report(Infinity);
  }

  end(): HearingEvent[] {
    for (const event of this.#parts.inner.end()) this.#schedule(event);
    return this.#report(Infinity);
  }

  #schedule(event: HearingEvent): void {
    const { profile, random } = this.#parts;
    switch (event.type) {
      case "speech_started":
        this.#interimSamples = this.#samples(drawMs(profile.stt.interimMs, random));
        this.#shown = 0;
        return this.#put(event, event.position + this.#interimSamples);
      case "hypothesis":
        if (event.final) return this.#scheduleFinal(event);
        return this.#put(this.#mishear(event), event.heardTo + this.#interimSamples);
      case "endpoint":
        return this.#scheduleEndpoint(event);
      default:
        return this.#put(event, 0);
    }
  }

  #scheduleFinal(event: Hypothesis): void {
    const { profile, random, trouble } = this.#parts;
    const factor = random.chance(trouble.late ?? 0) ? drawDelayFactor(random) : 1;
    const spokenTo = this.#samples(event.words.at(-1)?.endMs ?? 0);
    const due = Math.max(
      event.heardTo,
      spokenTo + this.#samples(factor * drawMs(profile.stt.finalMs, random)),
    );
    this.#put({ ...event, words: this.#contradict(event.words) }, due);
  }

  #scheduleEndpoint(event: HearingEvent): void {
    const { random, trouble } = this.#parts;
    const last = this.#pending.at(-1);
    const final = last?.event.type === "hypothesis" && last.event.final ? last.event : undefined;
    const twice = random.chance(trouble.duplicated ?? 0);
    if (final && random.chance(trouble.endpointFirst ?? 0)) {
      this.#pending.pop();
      this.#put(event, 0);
      this.#put(final, 0);
    } else {
      this.#put(event, 0);
    }
    if (final && twice) this.#put(final, 0);
  }

  /** Nothing is reported before what was scheduled earlier. */
  #put(event: HearingEvent, due: number): void {
    this.#lastDue = Math.max(this.#lastDue, due);
    this.#pending.push({ event, due: this.#lastDue });
  }

  #report(to: number): HearingEvent[] {
    const events: HearingEvent[] = [];
    while (this.#pending.length > 0 && this.#pending[0]!.due <= to) {
      const { event, due } = this.#pending.shift()!;
      events.push(this.#place(event, Math.min(due, this.heardTo)));
    }
    return events;
  }

  #place(event: HearingEvent, heardTo: number): HearingEvent {
    switch (event.type) {
      case "speech_started":
        this.#speaking = true;
        this.#settledTo = Math.max(this.#settledTo, event.position);
        return event;
      case "endpoint":
        this.#speaking = false;
        return event;
      case "hypothesis":
        this.#settledTo = Math.max(this.#settledTo, event.settledTo);
        return {
          ...event,
          heardTo: Math.max(heardTo, event.heardTo),
          settledTo: this.#settledTo,
          stable: event.final ? event.words.length : 0,
        };
      default:
        return event;
    }
  }

  /** The newest word of an interim hypothesis may be another one than it will turn out to be. */
  #mishear(event: Hypothesis): Hypothesis {
    const { random, trouble } = this.#parts;
    if (event.words.length <= this.#shown) return event;
    this.#shown = event.words.length;
    return random.chance(trouble.misheard ?? 0)
      ? { ...event, words: replaceWord(event.words, event.words.length - 1, random) }
      : event;
  }

  #contradict(words: readonly Word[]): readonly Word[] {
    const { random, trouble } = this.#parts;
    if (random.chance(trouble.empty ?? 0)) return [];
    if (random.chance(trouble.shorter ?? 0)) return words.slice(0, random.whole(0, words.length));
    if (!random.chance(trouble.contradicting ?? 0)) return words;
    let changed = words;
    for (const index of words.keys()) {
      if (random.chance(0.3)) changed = replaceWord(changed, index, random);
    }
    return changed;
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#parts.rate / 1000);
  }
}

function replaceWord(words: readonly Word[], index: number, random: Random): readonly Word[] {
  return words.with(index, { ...words[index]!, text: drawWord(random) });
}
