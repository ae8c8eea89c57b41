import { encodePcm } from "../../protocol/codec.ts";
import { type BinaryMessage, decodeBinary } from "../../protocol/codec.ts";
import {
  parseServerMessage,
  type ServerMessage,
  type UnknownServerMessage,
} from "../../protocol/server_message.ts";
import type { MessageHandler, MessageSocket } from "../../sessions/message_socket.ts";

/** The client's end of a socket that carries messages within the process: notes what the service says, and says what the test wants. */
export class MemorySocket implements MessageSocket {
  readonly json: (ServerMessage | UnknownServerMessage)[] = [];
  readonly audio: BinaryMessage[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  waitingBytes = 0;
  #handler: MessageHandler | undefined;
  #seq = 0;
  #position = 0;

  /** Joins the service's handler, as a server does when the socket opens. */
  open(serve: (socket: MessageSocket) => MessageHandler): this {
    this.#handler = serve(this);
    return this;
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.closed) return;
    if (typeof message === "string") this.json.push(parseServerMessage(message));
    else this.audio.push(decodeBinary(message.slice()));
  }

  close(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    this.#handler?.closed(code);
  }

  /** The connection is cut: nothing more comes or goes. */
  cut(): void {
    this.close(1006, "");
  }

  /** Says something in JSON, as it is. */
  say(message: object | string): void {
    if (!this.closed) this.#handler?.message(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Says a numbered message. */
  sayNumbered(message: object): void {
    this.say({ ...message, seq: ++this.#seq });
  }

  /** Acknowledges everything that came, or what is given, and gives room for a megabyte more. */
  acknowledge(received: number = this.received): void {
    this.say({ type: "ack", received, window: 1_000_000 });
  }

  /** Sends so many ms of silence at 16 kHz, numbered and positioned. */
  speak(
    ms: number,
    change: {
      readonly seq?: number;
      readonly position?: number;
      readonly flags?: number;
      readonly lane?: number;
    } = {},
  ): void {
    const samples = new Int16Array(ms * 16);
    const header = { lane: 0, seq: ++this.#seq, position: this.#position, flags: 0, ...change };
    this.#position += samples.length;
    this.raw(encodePcm(header, samples).buffer);
  }

  /** Sends bytes as they are. */
  raw(bytes: ArrayBuffer): void {
    if (!this.closed) this.#handler?.message(bytes);
  }

  /** Goes on from another socket's counts. */
  continueFrom(
    other: MemorySocket,
    { seq, position }: { readonly seq?: number; readonly position?: number } = {},
  ): this {
    this.#seq = seq ?? other.#seq;
    this.#position = position ?? other.#position;
    return this;
  }

  /** The JSON messages of a type. */
  said<T extends ServerMessage["type"]>(type: T): Extract<ServerMessage, { type: T }>[] {
    return this.json.filter((message): message is Extract<ServerMessage, { type: T }> =>
      message.type === type
    );
  }

  /** The number of the last numbered message that came. */
  get received(): number {
    const numbers = [...this.json, ...this.audio].map((message) => "seq" in message ? message.seq ?? 0 : 0);
    return Math.max(0, ...numbers);
  }
}
