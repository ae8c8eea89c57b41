/**
 * The Prometheus client, in parts: as a whole it also loads what clusters and pushing need, in twice the time and memory. The package has types
 * for the whole only.
 *
 * @module
 */
import type * as whole from "@prometheus-io/client/index.js";
import counter from "@prometheus-io/client/lib/counter.js";
import gauge from "@prometheus-io/client/lib/gauge.js";
import histogram from "@prometheus-io/client/lib/histogram.js";
import registry from "@prometheus-io/client/lib/registry.js";

/** A count that grows. */
export const Counter: typeof whole.Counter = counter;
/** A value that goes up and down. */
export const Gauge: typeof whole.Gauge = gauge;
/** How values are spread over buckets. */
export const Histogram: typeof whole.Histogram = histogram;
/** A set of metrics, and their text. */
export const Registry: typeof whole.Registry = registry;
