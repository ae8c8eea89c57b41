// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket } from "ws";
import type { Connect } from "../client/socket.ts";

/** Opens sockets with the `ws` library: Deno's own stalls for 44 ms on each message above 1,024 bytes. */
export const wsConnect: Connect = (url, protocols) =>
  new WebSocket(url, protocols, { perMessageDeflate: false });
