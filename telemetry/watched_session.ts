import type { Clock } from "../flow/clock.ts";
import type { TracedWork } from "../pipeline/interpret.ts";
import { primarySubtag } from "../pipeline/language.ts";
import type { Traced } from "../pipeline/ports.ts";
import type { LaneDescription, SessionEvent } from "../pipeline/session_event.ts";
import type { SessionView, SessionWatch } from "../sessions/observer.ts";
import { SegmentCuts } from "./segment_cuts.ts";
import type { SessionMetrics } from "./session_metrics.ts";
import { SessionSpans, type SpanOptions } from "./spans.ts";
import { Erasure } from "./erasure.ts";
import type { Log } from "./log.ts";
import { type Failed, type Spoken, WatchedLane } from "./watched_lane.ts";

/** What a {@linkcode WatchedSession} is made of. */
export interface WatchedSessionParts {
  readonly view: SessionView;
  readonly metrics: SessionMetrics;
  readonly spans: SpanOptions;
  readonly clock: Clock;
  readonly log: Log;
  /** Is called when the session is over. */
  readonly onEnd: (session: WatchedSession) => void;
}

/** Counts and measures what happens to one session. */
export class WatchedSession implements SessionWatch {
  readonly view: SessionView;
  readonly #parts: WatchedSessionParts;
  readonly #source: string;
  readonly #startMs: number;
  readonly #spans: SessionSpans;
  readonly #lanes = new Map<number, WatchedLane>();
  readonly #cuts = new SegmentCuts();
  readonly #captions: Erasure;
  readonly #totals = { segments: 0, spoken: 0, failed: 0, resumes: 0 };
  #ready = false;
  #failure: string | undefined;

  constructor(parts: WatchedSessionParts) {
    const { view, metrics, clock, log, spans } = parts;
    this.#parts = parts;
    this.view = view;
    this.#source = primarySubtag(view.source);
    this.#startMs = clock.now();
    this.#captions = new Erasure(view.source);
    const targets = view.targets.map(primarySubtag).join(",");
    this.#spans = new SessionSpans(spans, {
      "parley.session": view.id,
      "parley.transport": view.transport,
      "parley.source": this.#source,
      "parley.targets": targets,
    }, this.#startMs);
    metrics.started.add({ transport: view.transport });
    log.info("session started", {
      session: view.id,
      transport: view.transport,
      source: this.#source,
      targets,
      trace: this.#spans.traceId,
    });
  }

  /** How many segments were cut that lanes are not done with. */
  get segmentsWaiting(): number {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.waiting(this.#cuts.last);
    return waiting;
  }

  event(event: SessionEvent): void {
    switch (event.type) {
      case "ready":
      case "lanes":
        return this.#setLanes(event.lanes);
      case "segment": {
        const { segment } = event.segment;
        if (this.#cuts.last === undefined) {
          for (const lane of this.#lanes.values()) lane.doneThrough(segment - 1);
        }
        this.#cuts.add(segment, this.#parts.clock.now());
        this.#totals.segments += 1;
        return this.#parts.metrics.segments.add({ source: this.#source });
      }
      case "caption": {
        const text = event.tentative === "" ? event.stable : `${event.stable} ${event.tentative}`;
        const { erased, words } = (this.#lanes.get(event.lane)?.captions ?? this.#captions)
          .show(event.segment, text, event.final);
        const { erasedWords, captionWords } = this.#parts.metrics;
        const caption = event.lane === 0 ? "source" : "translated";
        if (erased > 0) erasedWords.add({ caption }, erased);
        if (words > 0) captionWords.add({ caption }, words);
        return;
      }
      case "speech":
        if (event.first) this.#lanes.get(event.lane)?.begin(event.ledger);
        return;
      case "guessed": {
        const target = this.#lanes.get(event.lane)?.labels.target;
        if (target !== undefined) this.#parts.metrics.guesses.add({ target, outcome: event.outcome });
        return;
      }
      case "spoken":
        return this.#spoken(event);
      case "skipped":
        this.#lanes.get(event.lane)?.doneThrough(event.segment);
        this.#spans.left(event.lane, event.segment, this.#parts.clock.now());
        return this.#done(event.lane, event.reason);
      case "failed":
        return this.#segmentFailed(event);
      case "cancelled":
        this.#spans.left(event.lane, event.through, this.#parts.clock.now());
        return this.#lanes.get(event.lane)?.doneThrough(event.through);
      default:
    }
  }

  trace(work?: TracedWork): Traced {
    if (!work) return this.#spans.trace;
    const lane = this.#lanes.get(work.lane);
    const { segment, heardAtMs } = work;
    return lane ? this.#spans.traceOf({ segment, lane: work.lane, ...lane.labels }, heardAtMs) : {};
  }

  resumed(): void {
    this.#totals.resumes += 1;
    this.#parts.metrics.resumed.add({});
  }

  failed(kind: string): void {
    const stage = this.#ready ? "stt" : "open";
    const provider = this.#ready ? this.#parts.spans.engines.stt : "";
    this.#failure = kind;
    this.#parts.metrics.failures.add({ stage, provider, kind });
    this.#parts.log.warn("session failed", {
      session: this.view.id,
      stage,
      kind,
      trace: this.#spans.traceId,
    });
  }

  ended(code: number): void {
    const { metrics, clock, log, onEnd } = this.#parts;
    const { transport, id, counts, sourceMs } = this.view;
    const now = clock.now();
    const durationMs = now - this.#startMs;
    metrics.ended.add({ transport, code: String(code) });
    metrics.sessionDuration.record(durationMs / 1000, { transport });
    this.#spans.ended(code, this.#failure, now);
    log.info("session ended", {
      session: id,
      transport,
      code,
      durationMs: Math.round(durationMs),
      sourceMs: Math.round(sourceMs),
      ...this.#totals,
      messagesIn: counts.audioIn + counts.textIn,
      messagesOut: counts.audioOut + counts.textOut,
      trace: this.#spans.traceId,
    });
    onEnd(this);
  }

  #setLanes(lanes: readonly LaneDescription[]): void {
    this.#ready = true;
    for (const lane of this.#lanes.values()) lane.current = false;
    for (const { lane, language } of lanes) {
      const known = this.#lanes.get(lane);
      if (known) known.current = true;
      else this.#lanes.set(lane, new WatchedLane(this.#source, language, this.#cuts.last));
    }
  }

  #spoken({ lane: number, segment, timing, audioMs, lagMs }: Spoken): void {
    const { metrics, clock, spans: { engines } } = this.#parts;
    const lane = this.#lanes.get(number);
    if (!lane) return;
    const now = clock.now();
    const { labels, ledger } = lane;
    metrics.ttfab.record(timing.ttfabMs / 1000, labels);
    metrics.lag.record(lagMs / 1000, labels);
    const stages = [
      ["stt", timing.sttMs, engines.stt],
      ["mt", timing.mtMs, engines.mt],
      ["tts", timing.ttsMs, engines.tts],
      ["queue", timing.queueMs, ""],
    ] as const;
    for (const [stage, ms, provider] of stages) {
      if (!Number.isNaN(ms)) metrics.stage.record(ms / 1000, { stage, provider });
    }
    metrics.spokenAudio.add({ target: labels.target }, audioMs / 1000);
    if (ledger) {
      metrics.response.record((now - ledger.at("heard")!) / 1000, labels);
      this.#spans.spoken({ segment, lane: number, ...labels }, ledger, now);
    }
    lane.doneThrough(segment);
    this.#totals.spoken += 1;
    this.#done(number, "spoken");
  }

  #segmentFailed({ lane: number, segment, stage: at, error: { kind } }: Failed): void {
    const { metrics, clock, log, spans: { engines } } = this.#parts;
    const stage = at ?? "targets";
    const provider = at === undefined || at === "pace" ? "" : engines[at];
    metrics.failures.add({ stage, provider, kind });
    const about = { session: this.view.id, stage, kind };
    const lane = number === undefined ? undefined : this.#lanes.get(number);
    if (number === undefined || segment === undefined || !lane) {
      return log.warn("change failed", { ...about, trace: this.#spans.traceId });
    }
    const now = clock.now();
    const trace = this.#spans.failed(
      { segment, lane: number, ...lane.labels },
      { stage, kind },
      this.#cuts.at(segment) ?? now,
      now,
    );
    log.warn("segment failed", { ...about, lane: number, segment, trace });
    lane.doneThrough(segment);
    this.#totals.failed += 1;
    this.#done(number, "failed");
  }

  #done(number: number, outcome: string): void {
    const labels = this.#lanes.get(number)?.labels;
    if (labels) this.#parts.metrics.laneSegments.add({ ...labels, outcome });
  }
}
