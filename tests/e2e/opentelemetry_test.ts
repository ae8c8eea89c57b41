import { assert, assertEquals } from "@std/assert";
import { ServiceProcess } from "../../cli/service_process.ts";
import { Tone } from "../../adapters/fake/tone.ts";

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
}
interface ExportedMetric {
  readonly name: string;
  readonly unit?: string;
  readonly histogram?: {
    readonly dataPoints: readonly {
      readonly count: string;
      readonly sum: number;
      readonly explicitBounds: readonly number[];
      readonly attributes: readonly Attribute[];
    }[];
  };
}

/** Takes what is exported over OTLP, in its JSON form. */
function collector() {
  const spans: ExportedSpan[] = [];
  const metrics = new Map<string, ExportedMetric>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json();
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const scope of scopeSpans) if (scope.scope?.name === "parley") spans.push(...scope.spans);
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const scope of scopeMetrics) {
        if (scope.scope?.name !== "parley") continue;
        for (const metric of scope.metrics) metrics.set(metric.name, metric);
      }
    }
    return Response.json({});
  });
  return { spans, metrics, server, endpoint: `http://127.0.0.1:${server.addr.port}` };
}

function counted(metric: ExportedMetric | undefined): number {
  return Number(metric?.histogram?.dataPoints[0]?.count ?? 0);
}

Deno.test("OTEL_DENO=true exports the spans and the metrics of the service, from the same definitions", async () => {
  const { spans, metrics, server, endpoint } = collector();
  {
    const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
    await using service = new ServiceProcess({
      PATH,
      HOME,
      ...(DENO_DIR === undefined ? {} : { DENO_DIR }),
      PARLEY_PORT: "0",
      PARLEY_STT: "fake",
      PARLEY_MT: "fake",
      PARLEY_TTS: "fake",
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    });
    const lines: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      service.onLine = (line) => {
        lines.push(line);
        const { event, url } = line.startsWith("{") ? JSON.parse(line) : {};
        if (event === "listening") resolve(url);
      };
      service.ended.then(() => reject(new Error(`The service ended: ${service.lastLines.join("\n")}`)));
    });
    const samples = new Int16Array(4 * 16_000);
    samples.set(new Tone(300, 16_000).samples(0, 2 * 16_000));
    const answer = await fetch(`${url}/v1/translate?source=en&target=es`, {
      method: "POST",
      headers: { "content-type": "audio/pcm;rate=16000;encoding=s16le" },
      body: samples.buffer,
    });
    assert((await answer.arrayBuffer()).byteLength > 44);
    const done = () =>
      counted(metrics.get("parley.ttfab")) === 2 && spans.some(({ name }) => name === "session");
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
    const [started] = lines.filter((line) => line.includes("session started")).map((line) =>
      JSON.parse(line)
    );
    assertEquals(started.trace, spans.find(({ name }) => name === "session")!.traceId);
  }
  await server.shutdown();

  const session = spans.find(({ name }) => name === "session")!;
  const root = spans.find(({ name }) => name === "segment")!;
  assertEquals(root.links?.map(({ spanId }) => spanId), [session.spanId]);
  assertEquals(root.parentSpanId ?? "", "");
  const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  assertEquals(children.map(({ name }) => name).toSorted(), ["call", "call", "mt", "stt", "tts"]);
  const ofSession = spans.filter(({ parentSpanId }) => parentSpanId === session.spanId);
  const stages = ofSession.map(({ attributes }) =>
    attributes?.find(({ key }) => key === "parley.stage")?.value.stringValue
  );
  assertEquals(stages.toSorted(), ["mt", "stt", "stt", "tts"]);
  for (const { startTimeUnixNano, endTimeUnixNano, traceId } of [root, ...children]) {
    assertEquals(traceId, root.traceId);
    assert(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
    const ageMs = Date.now() - Number(BigInt(startTimeUnixNano) / 1_000_000n);
    assert(ageMs > 0 && ageMs < 60_000, `a span began ${ageMs} ms ago`);
  }
  const ttfab = metrics.get("parley.ttfab")!;
  const [point] = ttfab.histogram!.dataPoints;
  assertEquals([ttfab.unit, counted(ttfab), point!.explicitBounds.at(-1)], ["s", 2, 10]);
  assertEquals(spans.filter(({ name }) => name === "segment").length, 2);
  assertEquals(point!.attributes.map(({ key, value }) => `${key}=${value.stringValue}`).toSorted(), [
    "source=en",
    "target=es",
  ]);
  for (const name of ["parley.sessions_live", "parley.segments", "parley.process_cpu"]) {
    assert(metrics.has(name), `${name} is exported`);
  }
});
