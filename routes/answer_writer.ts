import type { Clock } from "../flow/clock.ts";
import { streamingWavHeader } from "../media/wav_writer.ts";
import type { SessionOptions } from "../pipeline/interpret.ts";
import type { SessionEvent, SpeechPiece } from "../pipeline/session_event.ts";
import { stampSequence } from "../protocol/codec.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { encodeSpeech, messageOf, wireLanes } from "../sessions/outgoing.ts";

/** What `POST /v1/translate` can answer with, best first. */
export const answerTypes = ["audio/wav", "audio/pcm", "application/vnd.parley"] as const;

/** A content type of an answer. */
export type AnswerType = typeof answerTypes[number];

/** Turns the events of an interpretation into the bytes of an answer. */
export interface AnswerWriter {
  /** The full content type; known after the `ready` event was written. */
  readonly contentType: string;
  /** Whether a failed segment is told in the answer itself. */
  readonly tellsFailures: boolean;
  /** The bytes that an event becomes; `undefined` for none. */
  write(event: SessionEvent): Uint8Array<ArrayBuffer> | undefined;
  /** The bytes that close an answer. */
  end(): Uint8Array<ArrayBuffer> | undefined;
}

/** The writer for a content type. */
export function answerWriter(type: AnswerType, options: SessionOptions, clock: Clock): AnswerWriter {
  return type === "application/vnd.parley" ? framedWriter(options, clock) : audioWriter(type, options);
}

function audioWriter(type: AnswerType, { outputs }: SessionOptions): AnswerWriter {
  let rate = outputs[0]!.rate;
  return {
    get contentType() {
      return type === "audio/wav" ? type : `audio/pcm;rate=${rate};encoding=s16le;channels=1`;
    },
    tellsFailures: false,
    write(event) {
      if (event.type === "ready") {
        rate = event.lanes[0]!.format.rate;
        return type === "audio/wav" ? streamingWavHeader(rate) : undefined;
      }
      return event.type === "speech" ? samplesOf(event) : undefined;
    },
    end: () => undefined,
  };
}

function samplesOf({ audio }: SpeechPiece): Uint8Array<ArrayBuffer> | undefined {
  if (audio.type !== "frame" || audio.samples.length === 0) return undefined;
  const { buffer, byteOffset, byteLength } = audio.samples;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function framedWriter(options: SessionOptions, clock: Clock): AnswerWriter {
  const { rate } = options.input;
  let seq = 0;
  let segments = 0;
  let skipped = 0;
  let spokenMs = 0;
  let sourceMs = 0;
  const json = (message: object) => encodeFrame(JSON.stringify({ ...message, seq: ++seq }));
  return {
    contentType: "application/vnd.parley",
    tellsFailures: true,
    write(event) {
      switch (event.type) {
        case "ready":
          return json({ type: "lanes", lanes: wireLanes(event.lanes, options) });
        case "settled":
        case "guessed":
          return undefined;
        case "speech": {
          if (event.first) event.ledger.note("sent", clock.now());
          const bytes = encodeSpeech(event, rate, clock.now());
          stampSequence(bytes, ++seq);
          return encodeFrame(bytes);
        }
        case "segment":
          segments += 1;
          sourceMs = event.segment.endMs;
          break;
        case "failed":
        case "skipped":
          skipped += 1;
          break;
        case "spoken":
          spokenMs += event.audioMs;
          break;
      }
      return json(messageOf(event, options));
    },
    end: () => json({ type: "ended", totals: { sourceMs, segments, skipped, spokenMs } }),
  };
}
