import { connect } from "../client/session.ts";
import { wsConnect } from "../cli/socket.ts";
import { systemClock } from "../flow/clock.ts";
import { Arrivals } from "../pipeline/timing.ts";
import { audibleLevel, type ObservedSegment } from "./clause_meter.ts";

/** What a run through the public socket gave. */
export interface TalkRun {
  readonly segments: readonly ObservedSegment[];
  readonly sourceText: string;
  readonly targetText: string;
  /** When the last message of the recording was sent, in ms. */
  readonly sentAtMs: number;
  /** When the sample before a position was sent, in ms. */
  arrivalOf(position: number): number;
  /** The times of the service's own ledger, by segment. */
  readonly timings: readonly {
    readonly segment: number;
    readonly sttMs: number;
    readonly mtMs: number;
    readonly ttsMs: number;
    readonly ttfabMs: number;
    readonly lagMs: number;
  }[];
}

/** Options of {@linkcode runTalk}. */
export interface TalkOptions {
  readonly source: string;
  readonly target: string;
  /** How much audio goes into one message, in ms; 60 by default. */
  readonly messageMs?: number;
  /** How many times faster than speech it is sent; 1 by default. */
  readonly pace?: number;
}

/** Streams a recording at the speed of speech through the public WebSocket and notes when what came. */
export async function runTalk(
  url: string,
  samples: Int16Array,
  rate: number,
  options: TalkOptions,
  signal: AbortSignal,
): Promise<TalkRun> {
  const { messageMs = 60, pace = 1 } = options;
  await using session = await connect({
    url: `${url}/v1/stream`,
    start: { source: options.source, targets: [options.target], input: { codec: "pcm_s16le", rate } },
    connect: wsConnect,
    messageMs,
    signal,
  });
  const messageSamples = rate * messageMs / 1000;
  const arrivals = new Arrivals(Math.ceil(samples.length / messageSamples) + 1);
  const speaking = (async () => {
    const startMs = systemClock.now();
    for (let at = 0, count = 1; at < samples.length; at += messageSamples, count++) {
      const piece = samples.subarray(at, at + messageSamples);
      const dueMs = startMs + count * messageMs / pace;
      if (dueMs > systemClock.now()) await systemClock.sleep(dueMs - systemClock.now(), signal);
      arrivals.record(at + piece.length, systemClock.now());
      if (!session.push(piece)) throw new Error("The service does not take speech at the speed of speech");
    }
    const sentAtMs = systemClock.now();
    await session.end(signal);
    return sentAtMs;
  })();

  const audible = new Map<number, number>();
  const observed = new Map<number, { segment: number; start: number; end: number; text: string }>();
  const translated = new Map<number, string>();
  const timings: TalkRun["timings"][number][] = [];
  const audioMs = new Map<number, number>();
  let current = 0;
  for await (const event of session.events) {
    const nowMs = systemClock.now();
    switch (event.type) {
      case "audio":
        current = event.timing?.segment ?? current;
        if (event.codec === "pcm_s16le" && !audible.has(current) && isAudible(event.samples)) {
          audible.set(current, nowMs);
        }
        break;
      case "segment":
        observed.set(event.segment, event);
        break;
      case "caption":
        if (event.lane === 1) translated.set(event.segment, event.stable);
        break;
      case "timing": {
        const { segment, sttMs = NaN, mtMs = NaN, ttsMs = NaN, ttfabMs = NaN, lagMs = NaN } = event;
        timings.push({ segment, sttMs, mtMs, ttsMs, ttfabMs, lagMs });
        audioMs.set(segment, event.audioMs);
        break;
      }
      case "error":
        throw new Error(`The service reported a failure: ${event.message}`);
    }
  }
  const sentAtMs = await speaking;
  const bySegment = [...observed.values()].toSorted((one, other) => one.segment - other.segment);
  return {
    segments: bySegment.map(({ segment, start, end, text }) => ({
      segment,
      start,
      end,
      characters: text.length,
      audibleAtMs: audible.get(segment),
      audioMs: audioMs.get(segment) ?? 0,
    })),
    sourceText: bySegment.map(({ text }) => text).join(" "),
    targetText: bySegment.map(({ segment }) => translated.get(segment) ?? "").join(" "),
    sentAtMs,
    arrivalOf: (position) => arrivals.at(position)!,
    timings,
  };
}

function isAudible(samples: Int16Array): boolean {
  return samples.some((sample) => Math.abs(sample) > audibleLevel);
}
