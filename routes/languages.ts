import { Hono } from "hono";
import { capabilities } from "../pipeline/capabilities.ts";
import type { Services } from "../pipeline/interpret.ts";
import { inputsFor } from "../sessions/decoded.ts";

/** `GET /v1/languages`: what can be interpreted, with which voices, by which engines. */
export function languageRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get(
    "/",
    (context) => context.json({ ...capabilities(services), inputs: inputsFor(services.recognizer) }),
  );
  return routes;
}
