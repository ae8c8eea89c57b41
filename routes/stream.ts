import type { Context } from "hono";
import { Hono } from "hono";
import { SUBPROTOCOL } from "../protocol/limits.ts";
import { serveConnection } from "../sessions/connection.ts";
import type { Registry } from "../sessions/registry.ts";
import { offeredSubprotocols } from "./auth.ts";
import { problem } from "./problem.ts";
import { serveSocket } from "./socket.ts";

/** `GET /v1/stream`: live interpreting over a WebSocket that speaks `parley.v1`. */
export function streamRoutes(registry: Registry, contained: (error: unknown) => void): Hono {
  const routes = new Hono();
  routes.get("/", (context) => {
    if (context.req.header("upgrade")?.toLowerCase() !== "websocket") {
      return problem(context, {
        status: 426,
        title: "A WebSocket is needed",
        detail:
          `Cannot stream over plain HTTP: expected a WebSocket with the subprotocol ${SUBPROTOCOL}, or POST /v1/translate`,
        headers: { upgrade: "websocket", connection: "upgrade" },
      });
    }
    if (!offeredSubprotocols(context).includes(SUBPROTOCOL)) {
      return problem(context, {
        status: 400,
        title: "The subprotocol is not known",
        detail: `Cannot open the socket: no subprotocol of ours is offered, expected ${SUBPROTOCOL}`,
      });
    }
    return upgrade(context, registry, contained);
  });
  return routes;
}

function upgrade(context: Context, registry: Registry, contained: (error: unknown) => void): Response {
  // Without `protocol`: Deno finds a name only in a list with spaces after the commas, which clients need not send.
  const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: 60 });
  response.headers.set("sec-websocket-protocol", SUBPROTOCOL);
  serveSocket(socket, (socket) => serveConnection(socket, registry), contained);
  return response;
}
