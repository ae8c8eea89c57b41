import { CloseCode } from "./close.ts";

/**
 * What the peer sent is not `parley.v1`. The socket is to be closed with `closeCode`. The message names the limit and the value, and
 * never holds text that was spoken.
 */
export class ProtocolError extends Error {
  readonly closeCode: number;

  constructor(message: string, closeCode: number = CloseCode.protocol) {
    super(message);
    this.name = "ProtocolError";
    this.closeCode = closeCode;
  }
}
