/** Names and values that tell the series of a metric apart; from bounded sets only, never a session or a text. */
export type Labels = Readonly<Record<string, string>>;

/** One value of one series. */
export interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

/** What a metric is: the same wherever it is read. */
export interface Definition {
  readonly type: "counter" | "gauge" | "histogram";
  /** Without prefix, unit and suffix: `ttfab`. */
  readonly name: string;
  readonly help: string;
  /** Of the values that are recorded. */
  readonly unit?: "s" | "By";
  readonly labels: readonly string[];
  /** The upper bounds of a histogram's buckets, in the unit. */
  readonly buckets?: readonly number[];
}

const suffixes = { s: "_seconds", By: "_bytes" };

/** The name for Prometheus: base units and `_total` as its conventions want them, `parley_ttfab_seconds`. */
export function prometheusName({ type, name, unit }: Definition): string {
  return `parley_${name}${unit === undefined ? "" : suffixes[unit]}${type === "counter" ? "_total" : ""}`;
}

/** The name for OpenTelemetry, where the unit is told apart from the name: `parley.ttfab`. */
export function openTelemetryName({ name }: Definition): string {
  return `parley.${name}`;
}
