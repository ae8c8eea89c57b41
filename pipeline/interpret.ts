import type { Clock } from "../flow/clock.ts";
import { Queue } from "../flow/queue.ts";
import { together } from "../flow/together.ts";
import type { Format } from "./audio.ts";
import { durationMs } from "./audio.ts";
import { PipelineError } from "./error.ts";
import { Lane } from "./lane.ts";
import type { LanguageTag } from "./language.ts";
import type {
  Glossary,
  Hearing,
  HearingEvent,
  Input,
  SpeechRecognizer,
  SpeechSynthesizer,
  Translator,
} from "./ports.ts";
import type { SessionEvent } from "./session_event.ts";
import { Captioner } from "./stages/caption.ts";
import { type Commitment, Committer } from "./stages/commit.ts";
import { type Segment, Segmenter } from "./stages/segment.ts";
import { Settlement } from "./stages/settle.ts";
import { joinWords } from "./stages/text.ts";
import { Arrivals } from "./timing.ts";

/** The engines that interpret, and the clock that times them. */
export interface Services {
  readonly recognizer: SpeechRecognizer;
  readonly translator: Translator;
  readonly synthesizer: SpeechSynthesizer;
  readonly clock: Clock;
}

/** What one session wants. */
export interface SessionOptions {
  readonly source: LanguageTag;
  /** Target languages; each becomes a lane, numbered from 1 in this order. */
  readonly targets: readonly LanguageTag[];
  /** What the audio that comes in is like. */
  readonly input: Format;
  /** What the listener can take, best first. */
  readonly outputs: readonly Format[];
  readonly glossary: Glossary;
  /** Voices by target language, by the names that the synthesizer knows. */
  readonly voices?: Readonly<Record<LanguageTag, string>>;
  /** Where the counts begin, for a session that goes on from another one. */
  readonly firstSegment?: number;
}

/** What can be asked of an interpretation while it runs. */
export type Control =
  /** Drops what lane `lane` has not spoken yet of the segments up to `through`. */
  | { readonly type: "cancel"; readonly lane: number; readonly through: number }
  /** Whether a lane is silent: it is translated and captioned, not spoken. */
  | { readonly type: "mute"; readonly lane: number; readonly muted: boolean };

/** An interpretation at work. */
export interface Interpretation {
  /**
   * What happens, in the order in which it has to reach the listener; ends after the last segment of the input was spoken. To be read once,
   * and to the end or until the signal aborts.
   *
   * @throws {PipelineError} when the recognizer cannot go on, or an engine cannot be opened.
   */
  readonly events: AsyncIterable<SessionEvent>;
  /**
   * Carries a command out; a cancel is confirmed by an event.
   *
   * @throws {RangeError} when there is no such lane.
   */
  control(command: Control, signal: AbortSignal): Promise<void>;
}

/** How many events wait for a reader before the pipeline waits for it. */
const eventLimit = 256;

/**
 * Interprets speech: hears it, commits what can be trusted, cuts it into clauses, and translates and speaks each clause in every target
 * language while the speaker goes on. Nothing outlives `signal`.
 */
export function interpret(
  input: AsyncIterable<Input>,
  services: Services,
  options: SessionOptions,
  signal: AbortSignal,
): Interpretation {
  const events = new Queue<SessionEvent>({ limit: eventLimit });
  const settlement = new Settlement(options.targets.map((_, index) => index + 1), options.firstSegment ?? 1);
  const lanes = options.targets.map((target, index) =>
    new Lane({ lane: index + 1, target, services, options, settlement, events })
  );
  const run = async (signal: AbortSignal) => {
    const [hearing] = await together<[Hearing, ...void[]]>(
      signal,
      (signal) =>
        services.recognizer.open({
          languages: [options.source],
          format: options.input,
          glossary: options.glossary,
          signal,
        }),
      ...lanes.map((lane) => (signal: AbortSignal) => lane.open(signal)),
    );
    await using _ = hearing;
    await events.send({ type: "ready", lanes: lanes.map((lane) => lane.description) }, signal);
    await together(
      signal,
      (signal) => hear(hearing, signal),
      ...lanes.map((lane) => (signal: AbortSignal) => lane.run(signal)),
    );
  };

  const hear = async (hearing: Hearing, signal: AbortSignal) => {
    const { rate } = options.input;
    const arrivals = new Arrivals();
    const committer = new Committer({ rate, stableAfterMs: services.recognizer.traits.stableAfterMs });
    const segmenter = new Segmenter(options.firstSegment ?? 1);
    const captioner = new Captioner(0);
    const heard = hearing.hear(noteArrivals(input, arrivals, services.clock), signal);

    const pass = async (segments: readonly Segment[]) => {
      for (const segment of segments) {
        const now = services.clock.now();
        const heardAtMs = arrivals.at(Math.round(segment.endMs * rate / 1000)) ?? now;
        await events.send({ type: "segment", segment }, signal);
        await events.send(captioner.final(segment.segment, segment.text), signal);
        for (const lane of lanes) await lane.accept(segment, { heardAtMs, segmentedAtMs: now }, signal);
      }
    };
    const follow = async (commitment: Commitment | undefined, heardTo: number) => {
      if (commitment) {
        await pass(segmenter.add(commitment.committed, commitment.utterance, commitment.language));
        if (commitment.final) await pass(segmenter.close());
      }
      if (!commitment?.tentative.length) await pass(segmenter.quiet(durationMs(heardTo, rate)));
      const tentative = commitment ? joinWords(commitment.tentative, commitment.language) : "";
      const caption = captioner.partial(segmenter.growing, segmenter.pendingText, tentative);
      if (caption) await events.send(caption, signal);
    };
    const settle = async (settledTo: number) => {
      if (segmenter.pendingText !== "") return;
      const position = settlement.checkpoint(settledTo, segmenter.growing - 1);
      if (position !== undefined) await events.send({ type: "settled", position }, signal);
    };
    const handle = async (event: HearingEvent) => {
      switch (event.type) {
        case "hypothesis":
          await follow(committer.update(event), event.heardTo);
          return await settle(event.settledTo);
        case "progress":
          await follow(committer.progress(event.heardTo), event.heardTo);
          return await settle(event.settledTo);
        case "endpoint":
          return await pass(segmenter.close());
        case "flushed":
          await pass(segmenter.close());
          return await events.send({ type: "flushed", id: event.id }, signal);
        case "speech_started":
        case "usage":
          return;
      }
    };

    for await (const event of heard) await handle(event);
    await pass(segmenter.close());
    for (const lane of lanes) lane.close();
  };

  const read = async function* () {
    const stop = new AbortController();
    const running = run(AbortSignal.any([signal, stop.signal])).then(
      () => events.close(),
      (error) =>
        events.fail(signal.aborted ? signal.reason : PipelineError.from(error, "Interpreting failed")),
    );
    try {
      yield* events.items(signal);
    } finally {
      stop.abort(new DOMException("The reader of the events left", "AbortError"));
      await running;
      await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
    }
  };

  return {
    events: { [Symbol.asyncIterator]: read },
    async control(command, signal) {
      const lane = lanes[command.lane - 1];
      if (!lane) {
        throw new RangeError(`Cannot ${command.type}: lane ${command.lane}, expected 1 to ${lanes.length}`);
      }
      if (command.type === "cancel") await lane.cancel(command.through, signal);
      else lane.muted = command.muted;
    },
  };
}

async function* noteArrivals(
  input: AsyncIterable<Input>,
  arrivals: Arrivals,
  clock: Clock,
): AsyncGenerator<Input, void> {
  for await (const item of input) {
    if (item.type === "frame") arrivals.record(item.position + item.samples.length, clock.now());
    yield item;
  }
}
