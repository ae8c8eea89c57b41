import { type Meter, metrics } from "@opentelemetry/api";
import * as prometheus from "./prometheus_client.ts";
import { catalogue } from "./catalogue.ts";
import {
  type Definition,
  type Labels,
  openTelemetryName,
  prometheusName,
  type Reading,
} from "./definition.ts";
import { Distribution } from "./distribution.ts";
import { Tally } from "./tally.ts";

/** Takes the values of a histogram. */
export interface Recorder {
  /** Takes a value in the definition's unit. */
  record(value: number, labels: Labels): void;
  /** What was recorded, by label. */
  readonly distributions: Iterable<{ readonly labels: Labels; readonly distribution: Distribution }>;
}

/**
 * Where metrics leave the process: the text that Prometheus reads, and OpenTelemetry, which does nothing unless it is switched on. Each metric goes
 * through both from the one definition of it.
 */
export class Exits {
  readonly #registry = new prometheus.Registry();
  readonly #meter: Meter;

  constructor(meter: Meter = metrics.getMeter("parley")) {
    this.#meter = meter;
  }

  /** The media type of {@linkcode text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything as Prometheus reads it. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A counter that is added to. */
  counter(name: CounterName): Tally {
    const tally = new Tally();
    this.read(name, () => tally);
    return tally;
  }

  /** A counter or gauge whose values are read when somebody asks for them. */
  read(name: CounterName | GaugeName, values: () => Iterable<Reading>): void {
    const definition: Definition = catalogue[name];
    const options = this.#options(definition);
    const report = (result: { observe(value: number, labels: Labels): void }) => {
      for (const { labels, value } of values()) result.observe(value, labels);
    };
    const described = { description: definition.help, ...unitOf(definition) };
    if (definition.type === "counter") {
      new prometheus.Counter({
        ...options,
        collect() {
          this.reset();
          for (const { labels, value } of values()) this.inc(labels, value);
        },
      });
      this.#meter.createObservableCounter(openTelemetryName(definition), described).addCallback(report);
    } else {
      new prometheus.Gauge({
        ...options,
        collect() {
          this.reset();
          for (const { labels, value } of values()) this.set(labels, value);
        },
      });
      this.#meter.createObservableGauge(openTelemetryName(definition), described).addCallback(report);
    }
  }

  /** A histogram that values are recorded in. */
  histogram(name: HistogramName): Recorder {
    const definition: Definition = catalogue[name];
    const buckets = [...definition.buckets!];
    const histogram = new prometheus.Histogram({ ...this.#options(definition), buckets });
    const instrument = this.#meter.createHistogram(openTelemetryName(definition), {
      description: definition.help,
      ...unitOf(definition),
      advice: { explicitBucketBoundaries: buckets },
    });
    const distributions = new Map<string, { readonly labels: Labels; readonly distribution: Distribution }>();
    return {
      record(value, labels) {
        const key = Object.values(labels).join("\n");
        let known = distributions.get(key);
        if (!known) distributions.set(key, known = { labels, distribution: new Distribution() });
        known.distribution.add(value);
        histogram.observe(labels, value);
        instrument.record(value, labels);
      },
      get distributions() {
        return distributions.values();
      },
    };
  }

  #options(definition: Definition) {
    return {
      name: prometheusName(definition),
      help: definition.help,
      labelNames: definition.labels,
      registers: [this.#registry],
    };
  }
}

type NameOf<Type extends Definition["type"]> = {
  [Name in keyof typeof catalogue]: (typeof catalogue)[Name]["type"] extends Type ? Name : never;
}[keyof typeof catalogue];

/** The counters of the catalogue. */
export type CounterName = NameOf<"counter">;
/** The gauges of the catalogue. */
export type GaugeName = NameOf<"gauge">;
/** The histograms of the catalogue. */
export type HistogramName = NameOf<"histogram">;

function unitOf({ unit }: Definition) {
  return unit === undefined ? {} : { unit };
}
