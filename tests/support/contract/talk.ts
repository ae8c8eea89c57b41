import { Tone } from "../../../adapters/fake/tone.ts";
import { Queue } from "../../../flow/queue.ts";
import type { HearingEvent, Input, RecognizerOptions, SpeechRecognizer } from "../../../pipeline/ports.ts";
import { finals } from "../../conformance/hearing_events.ts";
import { settle } from "../fake_clock.ts";
import { framesOf, tonesOptions } from "./spoken_tones.ts";

/** Somebody who talks to a recognizer and looks at what it reports meanwhile. */
export interface Talk extends AsyncDisposable {
  readonly events: readonly HearingEvent[];
  /** How many samples were said so far. */
  readonly said: number;
  /** Sound of so many ms, then silence. */
  say(soundMs: number, silenceMs: number): void;
  /** So much of the source is missing. */
  skip(ms: number): void;
  flush(id: number): void;
  /** Resolves when something has been reported. @throws what the hearing fails with. */
  until(met: () => boolean): Promise<void>;
  /** Ends the talk. @throws what the hearing fails with. */
  end(): Promise<readonly HearingEvent[]>;
  abort(reason: unknown): void;
}

/** Opens a session and begins to talk. */
export async function talkTo(
  engine: SpeechRecognizer,
  options: Partial<RecognizerOptions> = {},
): Promise<Talk> {
  const { signal } = new AbortController();
  const stop = new AbortController();
  const wanted = { ...tonesOptions, ...options };
  const { rate } = wanted.format;
  const hearing = await engine.open({ ...wanted, signal });
  const input = new Queue<Input>({ limit: 100_000 });
  const events: HearingEvent[] = [];
  let said = 0;
  let over = false;
  const outcome = (async () => {
    try {
      for await (const event of hearing.hear(input.items(stop.signal), stop.signal)) events.push(event);
    } finally {
      over = true;
    }
  })();
  outcome.catch(() => {});
  return {
    events,
    get said() {
      return said;
    },
    say(soundMs, silenceMs) {
      const samples = new Int16Array(rate * (soundMs + silenceMs) / 1000);
      samples.set(new Tone(440, rate).samples(0, rate * soundMs / 1000));
      for (const frame of framesOf(samples, said, rate)) input.push(frame);
      said += samples.length;
    },
    skip(ms) {
      said += rate * ms / 1000;
    },
    flush: (id) => void input.push({ type: "flush", id }),
    async until(met) {
      while (!met()) {
        if (over) await outcome;
        if (over) throw new Error("The hearing has ended before that");
        await settle();
      }
    },
    async end() {
      input.close();
      await outcome;
      return events;
    },
    abort: (reason) => stop.abort(reason),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the talk is over"));
      await outcome.catch(() => {});
      await hearing[Symbol.asyncDispose]();
    },
  };
}

/** How many words there are: in the final hypotheses, and in the latest one where it is not final. */
export function wordCount(events: readonly HearingEvent[]): number {
  const last = events.findLast((event) => event.type === "hypothesis");
  const open = last && !last.final ? last.words.length : 0;
  return open + finals(events).reduce((sum, { words }) => sum + words.length, 0);
}
