import type {
  PacingLimit,
  RecognizerWire,
  WireConnection,
  WireEvent,
  WireSpeech,
} from "../net/recognizer_wire.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import { Items } from "./items.ts";
import {
  appendMessage,
  clearMessage,
  commitMessage,
  connection,
  failure,
  provider,
  readMessage,
  type RealtimeAccess,
  type RealtimeDelay,
  realtimeRate,
  updateMessage,
} from "./wire.ts";

/** What is asked of the model. */
export interface RealtimeOptions extends RealtimeAccess {
  readonly model: string;
  readonly languages: readonly LanguageTag[];
  /** How long a silence ends an utterance, in ms; `undefined` where whoever feeds it says when one ends, by a flush. */
  readonly silenceMs: number | undefined;
  /** How many connections there may be at a time. */
  readonly concurrency: number;
  /** How long a model that writes while it listens waits for a word to become clear. */
  readonly delay: RealtimeDelay;
  /** How fast audio is sent that is there already; four times as fast as it is spoken by default. */
  readonly pacing?: PacingLimit;
}

/** How long a session may last, in ms: OpenAI ends it after 60 minutes, speaches after 30. */
const sessionLimitMs = { ga: 58 * 60_000, beta: 28 * 60_000 };
/**
 * How long after it was sent speech would have been told of, in ms: where the server says that somebody speaks, and where it says nothing before the first
 * word. For that to be true, audio that was kept may not go out all at once.
 */
const lagMs = { ofSpeech: 1500, ofWords: 1900 };
const usualPacing: PacingLimit = { speed: 4, burstMs: 1000 };
/** How much silence is sent at a time when no audio comes, in ms: speaches ends an utterance after 550 of it. */
const silenceMsAtOnce = 300;
/** Words come when an utterance is over, and it may be long. */
const wordlessMs = 60_000;
const timeoutMs = 10_000;

/** OpenAI's realtime transcription as the wire of a recognizer. */
export function realtimeWire(options: RealtimeOptions): RecognizerWire {
  const { dialect, languages, concurrency, silenceMs } = options;
  return {
    name: "openai_realtime",
    provider,
    // Words that are not whole are told as tentative for as long as they are not; they are never trusted by their age.
    traits: { languages, stableAfterMs: 5000 },
    rates: [realtimeRate],
    chunk: { bestMs: 100, minMs: 100 },
    pacing: options.pacing ?? usualPacing,
    finalize: { answer: "acknowledged", timeoutMs },
    // A server that decides on turns alone ends them at a silence: it has to hear that nobody speaks.
    ...(dialect === "beta" ? { keepalive: { idleMs: silenceMsAtOnce, silenceMs: silenceMsAtOnce } } : {}),
    wordlessMs,
    end: { answer: "finished", timeoutMs, finalizeFirst: true },
    sessionLimitMs: sessionLimitMs[dialect],
    concurrency,
    billing: "reported",
    lagMs: silenceMs === undefined ? lagMs.ofWords : lagMs.ofSpeech,
    speakingLagMs: 0,
    connection: (speech) => realtimeConnection(options, speech),
  };
}

function realtimeConnection(options: RealtimeOptions, { languages, glossary }: WireSpeech): WireConnection {
  const { dialect, model, silenceMs, delay } = options;
  const opening = [updateMessage(dialect, { model, languages, glossary, silenceMs, delay })];
  const items = new Items(languages, silenceMs !== undefined);
  let isReady = false;
  /** Whether there is audio that no commit of ours covers. */
  let isFresh = false;
  let step: "open" | "finalizing" | "taken" | "ending" = "open";

  function settled(): readonly WireEvent[] {
    // What cannot be committed ends by itself, when there is silence.
    if (step !== "taken" || (dialect === "ga" ? items.awaited : items.untold) > 0) return [];
    step = "open";
    return [{ type: "finalized" }];
  }

  function acknowledged(): readonly WireEvent[] {
    if (step === "ending") return [{ type: "finished" }];
    if (step === "finalizing") step = "taken";
    return settled();
  }

  return {
    ...connection(options, model),
    opening,
    awaitsReady: true,
    read(data) {
      const message = readMessage(data);
      if (!message) return [];
      switch (message.type) {
        case "updated":
          if (isReady) return acknowledged();
          isReady = true;
          return [{ type: "ready" }];
        case "cleared":
          return acknowledged();
        case "failed": {
          // A request that it does not take changes nothing, once the session is as it was asked for: most of all a commit of nothing.
          const passes = isReady && message.item === undefined && message.kind === "invalid_request";
          if (passes) return [];
          throw failure(message.kind);
        }
        default:
          return [...items.take(message), ...settled()];
      }
    },
    audio: appendMessage,
    sent() {
      isFresh = true;
    },
    finalize() {
      if (!isFresh && items.untold === 0) return [];
      isFresh = false;
      step = "finalizing";
      // The server of the other dialect breaks when speech is committed before it has stopped.
      return dialect === "ga" ? [commitMessage, clearMessage] : opening;
    },
    end() {
      step = "ending";
      // To ask for what is there already changes nothing; its answer says that nothing more comes.
      return opening;
    },
  };
}
