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
import type { Acquisition, Ledger } from "../pipeline/timing.ts";
import type { Traced } from "../pipeline/ports.ts";
import { readTraceParent, traceParentOf } from "./trace_parent.ts";

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
 * Those of the stages are written when the segment is over, from its ledger. A segment's own is begun when somebody asks for it, for providers to be told;
 * where nobody records, nothing is made.
 */
export class SessionSpans {
  readonly #options: SpanOptions;
  readonly #session: Span;
  /** The segments whose span was asked for and is not over. */
  readonly #begun = new Map<
    string,
    { readonly span: Span; readonly lane: number; readonly segment: number }
  >();
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

  /** The trace of the session. */
  get trace(): Traced {
    return this.traceId === undefined ? {} : { traceParent: traceParentOf(this.#session.spanContext()) };
  }

  /** The trace of a segment. */
  traceOf(about: SegmentAttributes, heardAtMs: number): Traced {
    if (this.traceId === undefined) return {};
    const { lane, segment } = about;
    const known = this.#begun.get(key(about));
    const span = known?.span ?? this.#segment(about, heardAtMs);
    if (!known) this.#begun.set(key(about), { span, lane, segment });
    return { traceParent: traceParentOf(span.spanContext()) };
  }

  /** Segments were left unspoken: muted, empty, cancelled. */
  left(lane: number, through: number, endMs: number): void {
    for (const [key, begun] of this.#begun) {
      if (begun.lane !== lane || begun.segment > through) continue;
      begun.span.setAttribute("parley.unspoken", true);
      begun.span.end(this.#time(endMs));
      this.#begun.delete(key);
    }
  }

  /** A segment was spoken. */
  spoken(about: SegmentAttributes, ledger: Ledger, endMs: number): void {
    if (this.traceId === undefined) return;
    const { engines } = this.#options;
    const root = this.#take(about, ledger.at("heard")!);
    this.#stage(root, "stt", engines.stt, ledger.at("heard"), ledger.at("segmented"));
    this.#stage(
      root,
      "mt",
      engines.mt,
      ledger.at("translating"),
      ledger.at("translated"),
      ledger.acquisition("mt"),
    );
    this.#stage(
      root,
      "tts",
      engines.tts,
      ledger.at("speaking"),
      ledger.at("audible"),
      ledger.acquisition("tts"),
    );
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
    const root = this.#take(about, startMs);
    root.setAttributes({ "parley.stage": why.stage, "error.type": why.kind });
    root.setStatus({ code: SpanStatusCode.ERROR });
    root.end(this.#time(endMs));
    return root.spanContext().traceId;
  }

  /** The session is over; `kind` says why where it failed. */
  ended(code: number, kind: string | undefined, endMs: number): void {
    for (const { span } of this.#begun.values()) span.end(this.#time(endMs));
    this.#begun.clear();
    this.#session.setAttribute("parley.close_code", code);
    if (kind !== undefined) {
      this.#session.setAttribute("error.type", kind);
      this.#session.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#session.end(this.#time(endMs));
  }

  /** The span of a segment, begun by now or earlier. */
  #take(about: SegmentAttributes, startMs: number): Span {
    const known = this.#begun.get(key(about));
    this.#begun.delete(key(about));
    return known?.span ?? this.#segment(about, startMs);
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
    acquisition?: Acquisition,
  ): void {
    if (startMs === undefined || endMs === undefined) return;
    const attributes = {
      "parley.provider": provider,
      ...(acquisition && {
        "parley.acquire_ms": acquisition.waitedMs,
        "parley.connection_reused": acquisition.reused,
      }),
    };
    const options = { startTime: this.#time(startMs), attributes };
    this.#options.tracer.startSpan(stage, options, trace.setSpan(ROOT_CONTEXT, root)).end(this.#time(endMs));
  }

  #time(atMs: number): HrTime {
    return hrTime(this.#options.epochMs + atMs);
  }
}

function key({ lane, segment }: SegmentAttributes): string {
  return `${lane}/${segment}`;
}

/** What is known of a call of a provider when it is over. */
export interface CallSpan {
  /** The trace that it belongs to, as the provider was told of it. */
  readonly traceParent: string;
  readonly stage: string;
  readonly provider: string;
  readonly operation: string;
  readonly outcome: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Writes the span of a call of a provider, under the segment or session that it was made for. */
export function writeCallSpan(
  { tracer, epochMs }: Pick<SpanOptions, "tracer" | "epochMs">,
  { traceParent, stage, provider, operation, outcome, kind, startMs, endMs }: CallSpan,
): void {
  const parent = readTraceParent(traceParent);
  if (!parent) return;
  const span = tracer.startSpan("call", {
    kind: SpanKind.CLIENT,
    startTime: hrTime(epochMs + startMs),
    attributes: {
      "parley.stage": stage,
      "parley.provider": provider,
      "parley.operation": operation,
      "parley.outcome": outcome,
      ...(kind === "" ? {} : { "error.type": kind }),
    },
  }, trace.setSpanContext(ROOT_CONTEXT, parent));
  if (outcome === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(hrTime(epochMs + endMs));
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))];
}
