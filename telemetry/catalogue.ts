import type { Definition } from "./definition.ts";

/** From 10 ms to 10 s, closest where the targets are: 0.6 to 1.6 s. */
const latencyBuckets = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.2, 1.6, 2.5, 4, 6, 10];
/** Lag may grow beyond what a listener puts up with: that is to be seen. */
const lagBuckets = [...latencyBuckets, 20, 40];
/** Nothing at all where a connection is ready; a handshake, or a wait for a place, where not. */
const acquireBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5];
const loopBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const sessionBuckets = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200];

/** Every metric of the service, defined once. Languages are primary subtags; providers and kinds are names of ours. */
export const catalogue = {
  ttfab: {
    type: "histogram",
    name: "ttfab",
    unit: "s",
    help:
      "Clause latency: from the arrival of the last sample of a segment's speech to its first translated audio sent",
    labels: ["source", "target"],
    buckets: latencyBuckets,
  },
  response: {
    type: "histogram",
    name: "response",
    unit: "s",
    help: "From the arrival of the last sample of a segment's speech to its last translated audio sent",
    labels: ["source", "target"],
    buckets: latencyBuckets,
  },
  lag: {
    type: "histogram",
    name: "lag",
    unit: "s",
    help: "From the end of a segment's speech to the start of its playout, on media time",
    labels: ["source", "target"],
    buckets: lagBuckets,
  },
  stage: {
    type: "histogram",
    name: "stage_duration",
    unit: "s",
    help:
      "What one stage (stt, mt, tts, or waiting: queue) contributed to the time to first audio of a segment",
    labels: ["stage", "provider"],
    buckets: latencyBuckets,
  },
  failures: {
    type: "counter",
    name: "failures",
    help: "Work that was given up: a segment in mt or tts, a session in stt or while it was opened",
    labels: ["stage", "provider", "kind"],
  },
  segments: {
    type: "counter",
    name: "segments",
    help: "Clauses that were cut from the source",
    labels: ["source"],
  },
  laneSegments: {
    type: "counter",
    name: "lane_segments",
    help: "Segments that a lane is done with: spoken, failed, muted, or empty",
    labels: ["source", "target", "outcome"],
  },
  segmentsWaiting: {
    type: "gauge",
    name: "segments_waiting",
    help: "Segments that were cut and that lanes have not spoken yet",
    labels: [],
  },
  started: {
    type: "counter",
    name: "sessions_started",
    help: "Sessions that were started",
    labels: ["transport"],
  },
  ended: {
    type: "counter",
    name: "sessions_ended",
    help: "Sessions that have ended, by close code",
    labels: ["transport", "code"],
  },
  refused: {
    type: "counter",
    name: "sessions_refused",
    help: "Sessions that were not started, by kind of error",
    labels: ["kind"],
  },
  resumed: {
    type: "counter",
    name: "session_resumes",
    help: "Sessions that came back on another socket",
    labels: [],
  },
  live: { type: "gauge", name: "sessions_live", help: "Sessions that run now", labels: ["transport"] },
  peak: { type: "gauge", name: "sessions_peak", help: "The most sessions that ran at once", labels: [] },
  sessionDuration: {
    type: "histogram",
    name: "session_duration",
    unit: "s",
    help: "How long sessions lasted",
    labels: ["transport"],
    buckets: sessionBuckets,
  },
  messages: {
    type: "counter",
    name: "messages",
    help: "Messages on the sockets of sessions",
    labels: ["direction", "kind"],
  },
  audioBytes: {
    type: "counter",
    name: "audio_message",
    unit: "By",
    help: "Bytes of audio messages on the sockets of sessions",
    labels: ["direction"],
  },
  sourceAudio: {
    type: "counter",
    name: "source_audio",
    unit: "s",
    help: "Source audio that came in",
    labels: [],
  },
  spokenAudio: {
    type: "counter",
    name: "spoken_audio",
    unit: "s",
    help: "Translated audio that was spoken",
    labels: ["target"],
  },
  inputWaiting: {
    type: "gauge",
    name: "input_waiting",
    unit: "s",
    help: "Source audio that waits for recognizers: in all sessions, and in the one where most waits",
    labels: ["of"],
  },
  listenerLag: {
    type: "gauge",
    name: "listener_lag",
    unit: "s",
    help:
      "How far behind the speaker clients say that they play: the mean of the sessions that say so, and the one that is furthest behind",
    labels: ["of"],
  },
  outputWaiting: {
    type: "gauge",
    name: "output_waiting",
    unit: "By",
    help:
      "What waits for clients, kept until it is acknowledged: of all sessions, and of the one where most waits",
    labels: ["of"],
  },
  erasedWords: {
    type: "counter",
    name: "caption_words_erased",
    help:
      "Words at the end of a caption that its next revision took back; over caption_words it is normalised erasure",
    labels: ["caption"],
  },
  captionWords: {
    type: "counter",
    name: "caption_words",
    help: "Words of final captions",
    labels: ["caption"],
  },
  guesses: {
    type: "counter",
    name: "translation_guesses",
    help: "Segments that were translated before they were certain: right (promoted), or wrong (thrown away)",
    labels: ["target", "outcome"],
  },
  breakerOpen: {
    type: "gauge",
    name: "breaker_open",
    help: "Whether a provider is left alone because it failed too often: 1, or 0.5 while it is tried out",
    labels: ["stage", "provider"],
  },
  calls: {
    type: "histogram",
    name: "engine_call",
    unit: "s",
    help: "How long calls of a provider took, from request to end",
    labels: ["stage", "provider", "operation"],
    buckets: latencyBuckets,
  },
  firstResults: {
    type: "histogram",
    name: "engine_first_result",
    unit: "s",
    help: "How long providers took to their first result, from what they were given last",
    labels: ["stage", "provider"],
    buckets: latencyBuckets,
  },
  outcomes: {
    type: "counter",
    name: "engine_calls",
    help: "Calls of a provider by outcome; only failed speaks against it",
    labels: ["stage", "provider", "operation", "outcome", "kind"],
  },
  retries: {
    type: "counter",
    name: "engine_retries",
    help: "Work that was tried again after a pause",
    labels: ["stage", "provider", "kind"],
  },
  switches: {
    type: "counter",
    name: "engine_switches",
    help: "Work that another provider took over",
    labels: ["stage", "from", "to", "why"],
  },
  usage: {
    type: "counter",
    name: "provider_usage",
    help: "What providers charge for: minutes of audio, characters, tokens",
    labels: ["stage", "provider", "unit"],
  },
  cost: {
    type: "counter",
    name: "cost",
    help: "What that costs, in the currency of the price table",
    labels: ["stage", "provider"],
  },
  costPerMinute: {
    type: "gauge",
    name: "cost_per_session_minute",
    help:
      "What a minute of source audio has cost since the service started, in the currency of the price table",
    labels: [],
  },
  budgetSpent: {
    type: "gauge",
    name: "budget_spent",
    help:
      "Which share of the budget for 24 hours is spent: no hedging from 0.8 on, no new sessions from 0.95 on",
    labels: [],
  },
  lookups: {
    type: "counter",
    name: "cache_lookups",
    help: "Answers that were looked up: hit, second (level), shared, or miss",
    labels: ["stage", "provider", "result"],
  },
  acquires: {
    type: "histogram",
    name: "engine_acquire",
    unit: "s",
    help:
      "How long it took to get hold of a provider for a request: its connection, and a place among its requests",
    labels: ["stage", "provider"],
    buckets: acquireBuckets,
  },
  acquired: {
    type: "counter",
    name: "engine_acquired",
    help:
      "Requests for which a provider was got hold of: over a connection that was reused, or one that was opened",
    labels: ["stage", "provider", "result"],
  },
  connections: {
    type: "gauge",
    name: "engine_connections",
    help: "Connections to providers that are busy, or idle and open",
    labels: ["stage", "provider", "of"],
  },
  connectionsWaiting: {
    type: "gauge",
    name: "engine_requests_waiting",
    help: "Requests that wait because as many of the provider's key are on their way as may be",
    labels: ["stage", "provider"],
  },
  loopLag: {
    type: "histogram",
    name: "event_loop_lag",
    unit: "s",
    help: "How late a timer was",
    labels: [],
    buckets: loopBuckets,
  },
  cpu: {
    type: "counter",
    name: "process_cpu",
    unit: "s",
    help: "Processor time of the process, of user and system",
    labels: [],
  },
  resident: {
    type: "gauge",
    name: "process_resident_memory",
    unit: "By",
    help: "Memory of the process that is in use",
    labels: [],
  },
  heap: {
    type: "gauge",
    name: "process_heap",
    unit: "By",
    help: "Memory of the process's JavaScript that is in use",
    labels: [],
  },
  uptime: {
    type: "gauge",
    name: "process_uptime",
    unit: "s",
    help: "How long the service has run",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Definition>>;
