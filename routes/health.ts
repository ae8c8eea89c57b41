import { Hono } from "hono";
import type { Readiness } from "./readiness.ts";

/** `GET /healthz`: the process answers. `GET /readyz`: the engines work, or which one does not and what to do. */
export function healthRoutes(probe: () => Promise<Readiness>): Hono {
  const routes = new Hono();
  routes.get("/healthz", (context) => context.json({ status: "ok" }));
  routes.get("/readyz", async (context) => {
    const engines = await probe();
    const ready = Object.values(engines).every((engine) => engine.ready);
    return context.json({ status: ready ? "ready" : "not ready", engines }, ready ? 200 : 503);
  });
  return routes;
}
