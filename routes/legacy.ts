import { Hono } from "hono";
import { problem } from "./problem.ts";
import { type LegacyParts, serveLegacyConnection } from "./legacy_connection.ts";
import { serveSocket } from "./socket.ts";

/** `GET /legacy/ws`: the old app's JSON with base64 audio, over a WebSocket without a subprotocol. */
export function legacyRoutes(parts: LegacyParts): Hono {
  const routes = new Hono();
  routes.get("/", (context) => {
    if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return problem(context, {
        status: 426,
        title: "A WebSocket is needed",
        detail: "Cannot translate over plain HTTP: expected a WebSocket, or POST /v1/translate",
        headers: { upgrade: "websocket", connection: "upgrade" },
      });
    }
    const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: 60 });
    serveSocket(socket, (socket) => serveLegacyConnection(socket, parts), parts.onFault);
    return response;
  });
  return routes;
}
