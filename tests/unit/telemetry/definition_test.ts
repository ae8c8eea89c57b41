import { assert, assertEquals } from "@std/assert";
import { catalogue } from "../../../telemetry/catalogue.ts";
import { type Definition, openTelemetryName, prometheusName } from "../../../telemetry/definition.ts";

const definitions: readonly Definition[] = Object.values(catalogue);

Deno.test("prometheusName() and openTelemetryName() name one definition as each of them wants", () => {
  const { ttfab, failures, resident, cpu } = catalogue;
  assertEquals(prometheusName(ttfab), "parley_ttfab_seconds");
  assertEquals(openTelemetryName(ttfab), "parley.ttfab");
  assertEquals(prometheusName(failures), "parley_failures_total");
  assertEquals(prometheusName(resident), "parley_process_resident_memory_bytes");
  assertEquals(prometheusName(cpu), "parley_process_cpu_seconds_total");
});

Deno.test("the catalogue defines each name once, and histograms with rising buckets", () => {
  assertEquals(new Set(definitions.map(prometheusName)).size, definitions.length);
  for (const { type, name, buckets = [] } of definitions) {
    assertEquals(type === "histogram", buckets.length > 0, name);
    assert(buckets.every((bound, index) => index === 0 || bound > buckets[index - 1]!), name);
  }
});

Deno.test("the catalogue has no label that names a session, a client or a text", () => {
  const bounded = [
    "source",
    "target",
    "stage",
    "provider",
    "kind",
    "outcome",
    "transport",
    "code",
    "direction",
    "of",
    "caption",
    "operation",
    "from",
    "to",
    "why",
    "result",
    "unit",
  ];
  for (const { labels } of definitions) {
    assertEquals(labels.filter((label) => !bounded.includes(label)), []);
  }
});
