import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { createApp } from "../../routes/app.ts";
import type { Access } from "../../routes/auth.ts";
import { defaultLimits } from "../../sessions/limits.ts";
import { Registry } from "../../sessions/registry.ts";
import { createLogging } from "../../telemetry/log.ts";
import { createTelemetry } from "../../telemetry/telemetry.ts";
import { fakeService, type FakeServiceOptions } from "./fake_service.ts";

/** When the tests' clocks begin, in ms since 1970. */
export const epochMs = 1_800_000_000_000;

/** A registry on scripted engines that is watched: its metrics, its spans and its log. */
export function observedService(options: FakeServiceOptions) {
  const { services, faults } = fakeService(options);
  const { recognizer, translator, synthesizer, clock } = services;
  const spans: ReadableSpan[] = [];
  const provider = new BasicTracerProvider({
    spanProcessors: [{
      onStart() {},
      onEnd: (span) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }],
  });
  const lines: string[] = [];
  const telemetry = createTelemetry({
    clock,
    log: createLogging({ level: "debug", write: (line) => lines.push(line) })("sessions"),
    engines: () => ({ stt: recognizer, mt: translator, tts: synthesizer }),
    tracer: provider.getTracer("test"),
    epochMs,
    process: { cpuSeconds: () => 1.5, memory: () => ({ residentBytes: 100_000_000, heapBytes: 20_000_000 }) },
  });
  const registry = new Registry({
    services,
    limits: { ...defaultLimits, ...options.limits },
    onFault: (error) => faults.push(error),
    observer: telemetry.sessions,
  });
  return {
    services,
    registry,
    faults,
    telemetry,
    /** The lines of the log. */
    lines,
    /** The spans that have ended. */
    spans,
    /** The value of one series as Prometheus reads it: `parley_sessions_live{transport="stream"}`. */
    async value(series: string): Promise<number | undefined> {
      const line = (await telemetry.metrics()).text.split("\n").find((line) => line.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length));
    },
  };
}

/** Times on the tests' clock of a span, in ms, and what else is looked at. */
export function told(span: ReadableSpan) {
  const ms = ([seconds, nanoseconds]: readonly [number, number]) =>
    seconds * 1000 + nanoseconds / 1e6 - epochMs;
  return { name: span.name, from: ms(span.startTime), to: ms(span.endTime) };
}

/** Lets an observed service listen on a free port of this machine. */
export function listening(
  { services, registry, telemetry, faults }: ReturnType<typeof observedService>,
  access: Access,
): AsyncDisposable & { readonly url: string } {
  const onFault = (error: unknown) => void faults.push(error);
  const app = createApp({ services, registry, access, reports: telemetry, onFault });
  const onError = () => new Response(null, { status: 500 });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {}, onError }, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await registry.drain(0);
      await server.shutdown();
    },
  };
}
