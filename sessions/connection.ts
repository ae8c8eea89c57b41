import { CloseCode } from "../protocol/close.ts";
import { type ClientMessage, parseClientMessage } from "../protocol/client_message.ts";
import { ProtocolError } from "../protocol/error.ts";
import { failureOf } from "./failure.ts";
import type { MessageHandler, MessageSocket } from "./message_socket.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";

/**
 * Serves one socket from its opening: its first message starts a session or resumes one, the rest belongs to that session. What is wrong is told in
 * an `error` message and a documented close code.
 */
export function serveConnection(socket: MessageSocket, registry: Registry): MessageHandler {
  const { clock, startMs } = registry.handshake;
  const greeted = new AbortController();
  let session: Session | undefined;
  let over = false;

  const refuse = (error: unknown) => {
    over = true;
    greeted.abort();
    const { message, closeCode } = failureOf(error);
    socket.send(JSON.stringify(message));
    socket.close(closeCode, message.message);
  };
  clock.sleep(startMs, greeted.signal).then(
    () =>
      refuse(
        new ProtocolError(
          `No start came: ${startMs} ms have passed, expected one within them`,
          CloseCode.timeout,
        ),
      ),
    () => {},
  );

  return {
    message(data) {
      if (over) return;
      try {
        if (session) return session.message(socket, data);
        const first = firstMessage(data);
        session = first.type === "start" ? registry.start(socket, first) : registry.resume(socket, first);
        greeted.abort();
      } catch (error) {
        if (session) session.fail(error);
        else refuse(error);
      }
    },
    closed(code) {
      over = true;
      greeted.abort();
      session?.detach(socket, code);
      registry.forget(socket);
    },
  };
}

function firstMessage(data: string | ArrayBuffer): Extract<ClientMessage, { type: "start" | "resume" }> {
  if (typeof data !== "string") {
    throw new ProtocolError("Cannot take audio yet: no session is open, expected start or resume first");
  }
  const message = parseClientMessage(data);
  if (message.type !== "start" && message.type !== "resume") {
    throw new ProtocolError(
      `Cannot take ${message.type} yet: no session is open, expected start or resume first`,
    );
  }
  return message;
}
