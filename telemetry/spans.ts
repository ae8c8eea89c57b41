import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Ledger } from "../pipeline/timing.ts";

/** The engines that serve a session, by stage. */
export interface EngineNames {
  readonly stt: string;
  readonly mt: string;
  readonly tts: string;
}

/** What a span says of the segment that it is about. */
export interface SegmentAttributes {
  readonly segment: number;
  readonly lane: number;
  readonly source: string;
  readonly target: string;
}

/** Where spans go and what time it is for them. */
export interface SpanOptions {
  readonly tracer: Tracer;
  /** What has to be added to the clock's time to make it milliseconds since 1970. */
  readonly epochMs: number;
  readonly engines: EngineNames;
}

/**
 * The spans of one session: one for itself, and for each segment of a lane a root span of its own, linked to the session's, with a child for each stage.
 * They are written when the segment is over, from its ledger, so that they cost nothing meanwhile.
 */
export class SessionSpans {
  readonly #options: SpanOptions;
  readonly #session: Span;
  /** The trace of the session; `undefined` where nobody records it, and then no other span is written. */
  readonly traceId: string | undefined;

  constructor(options: SpanOptions, attributes: Attributes, startMs: number) {
    this.#options = options;
    this.#session = options.tracer.startSpan("session", {
      kind: SpanKind.SERVER,
      attributes,
      startTime: this.#time(startMs),
    }, ROOT_CONTEXT);
    this.traceId = this.#session.isRecording() ? this.#session.spanContext().traceId : undefined;
  }

  /** A segment was spoken. */
  spoken(about: SegmentAttributes, ledger: Ledger, endMs: number): void {
    if (this.traceId === undefined) return;
    const { engines } = this.#options;
    const root = this.#segment(about, ledger.at("heard")!);
    this.#stage(root, "stt", engines.stt, ledger.at("heard"), ledger.at("segmented"));
    this.#stage(root, "mt", engines.mt, ledger.at("translating"), ledger.at("translated"));
    this.#stage(root, "tts", engines.tts, ledger.at("speaking"), ledger.at("audible"));
    root.end(this.#time(endMs));
  }

  /** A segment was given up; returns the trace of it. */
  failed(
    about: SegmentAttributes,
    why: { readonly stage: string; readonly kind: string },
    startMs: number,
    endMs: number,
  ): string | undefined {
    if (this.traceId === undefined) return undefined;
    const root = this.#segment(about, startMs);
    root.setAttributes({ "parley.stage": why.stage, "error.type": why.kind });
    root.setStatus({ code: SpanStatusCode.ERROR });
    root.end(this.#time(endMs));
    return root.spanContext().traceId;
  }

  /** The session is over; `kind` says why where it failed. */
  ended(code: number, kind: string | undefined, endMs: number): void {
    this.#session.setAttribute("parley.close_code", code);
    if (kind !== undefined) {
      this.#session.setAttribute("error.type", kind);
      this.#session.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#session.end(this.#time(endMs));
  }

  #segment({ segment, lane, source, target }: SegmentAttributes, startMs: number): Span {
    return this.#options.tracer.startSpan("segment", {
      root: true,
      links: [{ context: this.#session.spanContext() }],
      startTime: this.#time(startMs),
      attributes: {
        "parley.segment": segment,
        "parley.lane": lane,
        "parley.source": source,
        "parley.target": target,
      },
    }, ROOT_CONTEXT);
  }

  #stage(
    root: Span,
    stage: string,
    provider: string,
    startMs: number | undefined,
    endMs: number | undefined,
  ): void {
    if (startMs === undefined || endMs === undefined) return;
    const options = { startTime: this.#time(startMs), attributes: { "parley.provider": provider } };
    this.#options.tracer.startSpan(stage, options, trace.setSpan(ROOT_CONTEXT, root)).end(this.#time(endMs));
  }

  #time(atMs: number): HrTime {
    const ms = this.#options.epochMs + atMs;
    const seconds = Math.floor(ms / 1000);
    return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))];
  }
}
