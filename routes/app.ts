import { Hono } from "hono";
import type { Services } from "../pipeline/interpret.ts";
import type { Registry } from "../sessions/registry.ts";
import { assetRoutes } from "./assets.ts";
import { type Access, guard } from "./auth.ts";
import { healthRoutes } from "./health.ts";
import { languageRoutes } from "./languages.ts";
import { legacyRoutes } from "./legacy.ts";
import { metricsRoutes, type Reports } from "./metrics.ts";
import { problem } from "./problem.ts";
import { type Readiness, readinessProbe } from "./readiness.ts";
import { streamRoutes } from "./stream.ts";
import { translateRoutes } from "./translate.ts";

/** What the routes serve. */
export interface AppParts {
  readonly services: Services;
  readonly registry: Registry;
  readonly access: Access;
  /** What can be read of the service; its pages are missing when absent. */
  readonly reports?: Reports;
  /** How the engines are; a probe of its own when absent. */
  readonly probe?: () => Promise<Readiness>;
  /** Is told of failures that are faults of the service. */
  readonly onFault: (error: unknown) => void;
}

/** All routes of the service. */
export function createApp({ services, registry, access, reports, probe, onFault }: AppParts): Hono {
  const app = new Hono();
  app.use("/v1/stream", guard(access));
  app.use("/v1/translate", guard(access));
  app.use("/legacy/ws", guard(access));
  app.route("/v1/stream", streamRoutes(registry, onFault));
  app.route("/v1/translate", translateRoutes(services, registry));
  app.route("/legacy/ws", legacyRoutes({ services, registry, onFault }));
  if (reports) {
    app.use("/metrics", guard(access));
    app.use("/v1/stats", guard(access));
    app.route("/", metricsRoutes(reports));
  }
  app.route("/v1/languages", languageRoutes(services));
  app.route("/", healthRoutes(probe ?? readinessProbe(services)));
  app.route("/", assetRoutes());
  app.get("/", (context) => context.text(welcome));
  app.notFound((context) =>
    problem(context, {
      status: 404,
      title: "There is no such page",
      detail: `Cannot ${context.req.method} ${context.req.path.slice(0, 100)}: expected one of ${
        paths.join(", ")
      }`,
    })
  );
  app.onError((error, context) => {
    onFault(error);
    return problem(context, {
      status: 500,
      title: "The service failed",
      detail: "Cannot answer: the service failed",
    });
  });
  return app;
}

const paths = [
  "GET /",
  "GET /client.js",
  "GET /v1/stream",
  "POST /v1/translate",
  "GET /v1/languages",
  "GET /v1/stats",
  "GET /metrics",
  "GET /legacy/ws",
  "GET /healthz",
  "GET /readyz",
];

const welcome = `Parley: a live interpreter.

${paths.join("\n")}

Interpret a recording:
  curl --data-binary @talk.wav -H 'Content-Type: audio/wav' 'http://localhost:8000/v1/translate?source=en&target=es' -o out.wav
`;
