import { resilient } from "../../../adapters/compose/mod.ts";
import type { Profile } from "../../../adapters/fake/profile.ts";
import { Random } from "../../../adapters/fake/random.ts";
import { type ScriptedUtterance, utterance } from "../../../adapters/fake/script.ts";
import { simulatedRecognizer } from "../../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../../adapters/fake/simulated_translator.ts";
import { msPerLetter } from "../../../adapters/fake/synthesizer.ts";
import { drawWord, lengthen } from "../../../adapters/fake/vocabulary.ts";
import type { Owned } from "../../../adapters/provider.ts";
import type { Clock } from "../../../flow/clock.ts";
import { durationMs } from "../../../pipeline/audio.ts";
import { interpret } from "../../../pipeline/interpret.ts";
import type { Input, SpeechRecognizer, SpeechSynthesizer, Translator } from "../../../pipeline/ports.ts";
import type { SessionEvent } from "../../../pipeline/session_event.ts";
import { surroundings } from "../composed.ts";
import { FakeClock } from "../fake_clock.ts";
import { wordErrors } from "../wer.ts";
import { Census } from "./census.ts";
import {
  type AnswerFault,
  droppingRecognizer,
  type FaultLog,
  faultLog,
  faultySynthesizer,
  faultyTranslator,
  noteAsked,
} from "./faulty_engines.ts";

/** What goes wrong with the first provider of one stage; the second one is well. */
export type TalkFault =
  | { readonly stage: "stt"; readonly everyMs: number }
  | { readonly stage: "mt" | "tts"; readonly fault: AnswerFault };

/** What became of a talk. */
export interface SimulatedTalk {
  readonly wordErrorRate: number;
  readonly outcomes: Readonly<Record<"spoken" | "failed" | "skipped", number>>;
  /** When the listener heard nothing, on the clock of the run, in ms. */
  readonly silences: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly log: FaultLog;
  /** What must not have been. */
  readonly violations: readonly string[];
}

const rate = 16_000;
const pieceMs = 100;
const wordMs = 300;
const pauseMs = 600;

/**
 * A long talk, said live and interpreted by two simulated providers for each stage, of which the first may have a fault. Everything runs on one clock that does
 * not wait; the same seed gives the same run.
 */
export async function simulatedTalk(
  { seed, minutes, profile, fault, alone = false }: {
    readonly seed: number;
    readonly minutes: number;
    readonly profile: Profile;
    readonly fault?: TalkFault;
    /** Whether there is only the first provider of each stage, which then has all the time that it takes. */
    readonly alone?: boolean;
  },
): Promise<SimulatedTalk> {
  const clock = new FakeClock();
  const script = talkOf(seed, minutes);
  const log = faultLog();
  const census = new Census();
  const trouble = { stt: { misheard: 0.1 } };
  const [first, second] = [seed, seed + 1_000_000].map((seed) => {
    const options = { seed, profile, clock, trouble };
    return census.around({
      recognizer: simulatedRecognizer({ ...options, script }),
      translator: simulatedTranslator(options),
      synthesizer: simulatedSynthesizer(options),
    });
  }) as [ReturnType<Census["around"]>, ReturnType<Census["around"]>];
  const parts = { clock, log };
  const recognizers = [
    fault?.stage === "stt"
      ? droppingRecognizer(first.recognizer, { ...parts, dropsAtMs: midWords(script, fault.everyMs) })
      : first.recognizer,
    second.recognizer,
  ] as const;
  const translators = [
    fault?.stage === "mt"
      ? faultyTranslator(first.translator, { ...parts, fault: fault.fault })
      : first.translator,
    {
      ...second.translator,
      async open(options: Parameters<typeof second.translator.open>[0]) {
        const session = await second.translator.open(options);
        return { ...session, translate: noteAsked(session.translate, parts) };
      },
    },
  ] as const;
  const synthesizers = [
    fault?.stage === "tts"
      ? faultySynthesizer(first.synthesizer, { ...parts, fault: fault.fault })
      : first.synthesizer,
    {
      ...second.synthesizer,
      async open(options: Parameters<typeof second.synthesizer.open>[0]) {
        const session = await second.synthesizer.open(options);
        return { ...session, speak: noteAsked(session.speak, parts) };
      },
    },
  ] as const;
  const { options, background } = surroundings(clock);
  const chain = <T>([first, second]: readonly [T, T]) => alone ? [first] as const : [first, second] as const;
  const engines = {
    recognizer: resilient("stt", chain<Owned<SpeechRecognizer>>(recognizers), options),
    translator: resilient("mt", chain<Owned<Translator>>(translators), options),
    synthesizer: resilient("tts", chain<Owned<SpeechSynthesizer>>(synthesizers), options),
  };
  const stop = new AbortController();
  const lengthMs = script.at(-1)!.words.at(-1)!.endMs + 2000;
  const session = interpret(live(lengthMs, clock), { ...engines, clock }, {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate },
    outputs: engines.synthesizer.traits.formats,
    glossary: {},
  }, stop.signal);
  const listener = new Listener(clock, log);
  let over = false;
  const listening = (async () => {
    for await (const event of session.events) listener.take(event);
  })().catch((error) => listener.violations.push(`the talk broke off: ${error}`)).finally(() => over = true);
  while (!over && clock.now() < lengthMs + 600_000) await clock.advance(1000);
  if (!over) listener.violations.push("the talk did not end");
  stop.abort();
  await listening;
  for (const engine of Object.values(engines)) await engine[Symbol.asyncDispose]();
  await background[Symbol.asyncDispose]();
  for (const [what, count] of Object.entries({ timers: clock.pending, sessions: census.open })) {
    if (count !== 0) listener.violations.push(`${count} ${what} left at the end`);
  }
  const said = script.flatMap(({ words }) => words.map(({ text }) => text)).join(" ");
  return {
    wordErrorRate: wordErrors(said, listener.transcript()).rate,
    outcomes: listener.outcomes,
    silences: listener.silences,
    log,
    violations: [...listener.violations, ...listener.unfinished()],
  };
}

/** How much less than all of a segment may be heard, in ms: samples are rounded, and half a letter is not worth to say a word again. */
const roundedMs = msPerLetter / 2 + 1;

/**
 * Hears what a session tells: when there is sound, and what becomes of each segment. What is not told as failed has to be there once and whole, whichever
 * providers it comes from: all words of the translation, and as much sound as they take; only a word that was broken off may be begun again.
 */
class Listener {
  readonly silences: { readonly fromMs: number; readonly toMs: number }[] = [];
  readonly outcomes = { spoken: 0, failed: 0, skipped: 0 };
  readonly violations: string[] = [];
  readonly #clock: Clock;
  readonly #log: FaultLog;
  readonly #texts: string[] = [];
  /** How much is heard of the segment that is being spoken, in ms, and how many connections were lost before it. */
  #heardMs = 0;
  #lostBefore = 0;
  readonly #done = new Set<number>();
  #segments = 0;
  #begun = 0;
  #playedToMs = 0;

  constructor(clock: Clock, log: FaultLog) {
    this.#clock = clock;
    this.#log = log;
  }

  take(event: SessionEvent): void {
    switch (event.type) {
      case "caption": {
        const whole = event.lane === 0 || !event.final ||
          event.stable === lengthen(this.#texts[event.segment - 1] ?? "");
        if (!whole) this.violations.push(`segment ${event.segment} is not translated once and whole`);
        return;
      }
      case "segment":
        if (event.segment.segment !== this.#segments + 1) {
          this.violations.push(`segment ${event.segment.segment} came after ${this.#segments}`);
        }
        this.#segments = event.segment.segment;
        this.#texts.push(event.segment.text);
        return;
      case "speech":
        if (event.first && event.segment.segment <= this.#begun) {
          this.violations.push(`segment ${event.segment.segment} begins after ${this.#begun}`);
        }
        this.#begun = Math.max(this.#begun, event.segment.segment);
        if (event.first) this.#heardMs = 0;
        if (event.audio.type === "frame") {
          const ms = durationMs(event.audio.samples.length, event.audio.rate);
          this.#heardMs += ms;
          this.#play(ms);
        }
        return;
      case "spoken":
        this.#checkSpoken(event.segment, event.speed);
        return this.#conclude(event.segment, event.type);
      case "skipped":
        return this.#conclude(event.segment, event.type);
      case "failed":
        if (event.segment !== undefined) this.#conclude(event.segment, "failed");
    }
  }

  transcript(): string {
    return this.#texts.join(" ");
  }

  unfinished(): string[] {
    return Array.from({ length: this.#segments }, (_, index) => index + 1)
      .filter((segment) => !this.#done.has(segment))
      .map((segment) => `segment ${segment} of ${this.#segments} came to nothing`);
  }

  #checkSpoken(segment: number, speed: number): void {
    const words = lengthen(this.#texts[segment - 1]!).split(" ").map(({ length }) =>
      length * msPerLetter / speed
    );
    const wholeMs = words.reduce((sum, ms) => sum + ms, 0);
    const lost = this.#log.atMs.length - this.#lostBefore;
    this.#lostBefore = this.#log.atMs.length;
    const mostMs = wholeMs + (lost > 0 ? Math.max(...words) : 0);
    if (this.#heardMs < wholeMs - roundedMs || this.#heardMs > mostMs + roundedMs) {
      this.violations.push(
        `segment ${segment} is heard for ${this.#heardMs} ms, expected ${wholeMs} to ${mostMs} ms`,
      );
    }
  }

  #play(ms: number): void {
    if (ms === 0) return;
    const now = this.#clock.now();
    if (now > this.#playedToMs) this.silences.push({ fromMs: this.#playedToMs, toMs: now });
    this.#playedToMs = Math.max(now, this.#playedToMs) + ms;
  }

  #conclude(segment: number, outcome: keyof typeof this.outcomes): void {
    if (this.#done.has(segment)) this.violations.push(`segment ${segment} came to two ends`);
    this.#done.add(segment);
    this.outcomes[outcome] += 1;
  }
}

/** Sentences of four to twelve words, with a pause after each. */
function talkOf(seed: number, minutes: number): readonly ScriptedUtterance[] {
  const random = new Random(seed);
  const script: ScriptedUtterance[] = [];
  let startMs = 500;
  while (startMs < minutes * 60_000) {
    const words = Array.from({ length: random.whole(4, 12) }, () => drawWord(random));
    script.push(utterance(words.join(" "), startMs, wordMs));
    startMs += words.length * wordMs + pauseMs;
  }
  return script;
}

/** The middle of a word, about this often. */
function midWords(script: readonly ScriptedUtterance[], everyMs: number): readonly number[] {
  const found: number[] = [];
  for (const { startMs } of script.flatMap(({ words }) => words)) {
    if (startMs >= (found.at(-1) ?? 0) + everyMs) found.push(startMs + wordMs / 2);
  }
  return found;
}

/** Audio as it is spoken: each piece comes when its last sample was said. */
async function* live(lengthMs: number, clock: Clock): AsyncGenerator<Input, void> {
  const never = new AbortController().signal;
  const samples = new Int16Array(pieceMs * rate / 1000);
  for (let ms = 0; ms < lengthMs; ms += pieceMs) {
    await clock.sleep(ms + pieceMs - clock.now(), never);
    yield { type: "frame", rate, position: ms * rate / 1000, samples };
  }
}
