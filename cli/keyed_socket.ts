// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket } from "ws";
import type { Connect } from "../client/socket.ts";

/** Opens sockets as `wsConnect` does, and shows a key in the header that is meant for it: lists of subprotocols end up in logs. */
export function keyedConnect(key: string): Connect {
  const headers = { authorization: `Bearer ${key}` };
  return (url, protocols) => new WebSocket(url, protocols, { perMessageDeflate: false, headers });
}
