import { Hono } from "hono";

/** What can be read of the service while it runs. */
export interface Reports {
  /** Every metric as Prometheus reads it, and the media type of that. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** The same in one look, for JSON. */
  stats(): object;
}

/** `GET /metrics`: the metrics for Prometheus. `GET /v1/stats`: what they come to, as JSON. */
export function metricsRoutes(reports: Reports): Hono {
  const routes = new Hono();
  routes.get("/metrics", async (context) => {
    const { text, contentType } = await reports.metrics();
    return context.body(text, 200, { "content-type": contentType, "cache-control": "no-store" });
  });
  routes.get("/v1/stats", (context) => {
    context.header("cache-control", "no-store");
    return context.json(reports.stats());
  });
  return routes;
}
