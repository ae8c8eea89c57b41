import { isSpanContextValid, type SpanContext } from "@opentelemetry/api";

/** A span as providers are told of it in the header `traceparent` (W3C Trace Context, 3.2). */
export function traceParentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** The span that such a header names; `undefined` when it is none. */
export function readTraceParent(text: string): SpanContext | undefined {
  const [, traceId = "", spanId = "", flags = ""] =
    /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(text) ?? [];
  const context = { traceId, spanId, traceFlags: parseInt(flags, 16) };
  return isSpanContextValid(context) ? context : undefined;
}
