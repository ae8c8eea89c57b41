import type { Clock } from "../../flow/clock.ts";
import { type ClientMessage, parseClientMessage, type Start } from "../../protocol/client_message.ts";
import { CloseCode } from "../../protocol/close.ts";
import { decodeBinary, encodePcm, Flag } from "../../protocol/codec.ts";
import { Link } from "../../protocol/link.ts";
import type { NumberedServerMessage, ServerMessage } from "../../protocol/server_message.ts";
import type { Accept, ServerEnd } from "./memory_network.ts";

/** A service in memory that speaks the protocol honestly and echoes the source in lane 1, each message as a segment of its own. */
export class MemoryService {
  /** The samples that came in, at their positions; a second arrival of one is counted in `repeated`. */
  readonly heard: number[] = [];
  repeated = 0;
  /** The flags of the audio messages that came in. */
  readonly flags: number[] = [];
  /** The JSON messages that came in. */
  readonly messages: ClientMessage[] = [];
  start: Start | undefined;
  /** What is acknowledged as settled follows this many samples behind what was heard. */
  unsettledSamples = 8_000;
  windowBytes = 65_536;
  resumeMs = 30_000;
  /** How many times a session was resumed. */
  resumes = 0;
  readonly link: Link<NumberedServerMessage> = new Link({ limitBytes: 1_000_000 });
  readonly #clock: Clock;
  #token = 0;
  #tokens: string[] = ["token-0"];
  #end: ServerEnd | undefined;
  #segment = 0;
  #echoed = 0;
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Serves a socket; to be handed to a network. */
  readonly accept: Accept = (end) => ({
    message: (data) => this.#take(end, data),
    closed: () => {
      if (this.#end === end) this.#end = undefined;
    },
  });

  /** Acknowledges every 200 ms until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (true) {
      try {
        await this.#clock.sleep(200, signal);
      } catch {
        return;
      }
      this.acknowledge();
    }
  }

  /** Says what was received and settled. */
  acknowledge(): void {
    const settled = Math.max(0, this.heard.length - this.unsettledSamples);
    this.say({
      type: "ack",
      received: this.link.acknowledgement(),
      settled,
      window: this.windowBytes,
    });
    this.#flush();
  }

  /** Sends an unnumbered message, if there is a socket. */
  say(message: ServerMessage): void {
    this.#end?.send(JSON.stringify(message));
  }

  /** Sends a numbered message. */
  tell(message: Parameters<Link<NumberedServerMessage>["keepJson"]>[0]): void {
    this.link.keepJson(message);
    this.#flush();
  }

  /** Speaks in lane 1: one segment in one message. */
  speak(samples: Int16Array): void {
    this.#segment += 1;
    const timing = {
      segment: this.#segment,
      start: this.#echoed,
      end: this.#echoed + samples.length,
      sttMs: 1,
      mtMs: 2,
      ttsMs: 3,
      queueMs: 0,
      ttfabMs: 6,
      clockMs: this.#clock.now(),
    };
    const flags = Flag.segmentStart | Flag.segmentEnd;
    this.link.keepBinary(encodePcm({ lane: 1, seq: 0, position: this.#echoed, flags, timing }, samples));
    this.#echoed += samples.length;
    this.#flush();
  }

  /** Sends bytes as they are. */
  sendRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.#end?.send(data);
  }

  /** Closes the socket of the moment. */
  close(code: number, reason?: string): void {
    this.#end?.close(code, reason);
  }

  #take(end: ServerEnd, data: string | ArrayBuffer): void {
    if (this.#end !== end) return this.#greet(end, parseClientMessage(data as string));
    if (typeof data === "string") this.#takeText(parseClientMessage(data), data.length);
    else this.#takeAudio(data);
  }

  #greet(end: ServerEnd, message: ClientMessage): void {
    this.messages.push(message);
    if (message.type === "start") {
      this.start = message;
      this.#end = end;
      return this.say({
        type: "ready",
        session: "session",
        token: "token-0",
        lanes: [
          { lane: 0, language: message.source, ...message.input },
          { lane: 1, language: message.targets[0]!, ...message.input },
        ],
        limits: { messageBytes: 65_536, windowBytes: this.windowBytes, resumeMs: this.resumeMs },
        engines: { stt: "echo", mt: "echo", tts: "echo" },
      });
    }
    if (
      message.type !== "resume" || !this.#tokens.includes(message.token) ||
      !this.link.resume(message.received)
    ) {
      return end.close(CloseCode.unknownSession);
    }
    this.resumes += 1;
    this.#end?.close(CloseCode.superseded);
    this.#end = end;
    this.#token += 1;
    this.#tokens = [message.token, `token-${this.#token}`];
    this.say({ type: "resumed", token: `token-${this.#token}`, received: this.link.received });
    this.#flush();
  }

  #takeText(message: ClientMessage, bytes: number): void {
    switch (message.type) {
      case "start":
      case "resume":
        return this.close(CloseCode.protocol);
      case "ping":
        this.messages.push(message);
        return this.say({
          type: "pong",
          t0: message.t0,
          t1: 1_000 + this.#clock.now(),
          t2: 1_000 + this.#clock.now(),
        });
      case "ack":
        this.messages.push(message);
        this.link.acknowledge(message.received, message.window);
        this.#tokens = this.#tokens.slice(-1);
        return this.#flush();
    }
    if (!this.link.accept(message.seq, bytes)) return;
    this.messages.push(message);
    if (message.type === "flush") this.tell({ type: "flushed", id: message.id });
    if (message.type === "cancel") {
      this.tell({ type: "cancelled", lane: message.lane, through: message.through });
    }
    if (message.type === "end" && !this.#ended) {
      this.#ended = true;
      const totals = { sourceMs: 0, segments: this.#segment, skipped: 0, spokenMs: 0 };
      this.tell({ type: "ended", totals });
    }
  }

  #takeAudio(data: ArrayBuffer): void {
    const message = decodeBinary(data);
    if (!this.link.accept(message.seq, data.byteLength) || message.type !== "pcm") return;
    this.flags.push(message.flags);
    for (let index = 0; index < message.samples.length; index++) {
      if (message.position + index in this.heard) this.repeated += 1;
      this.heard[message.position + index] = message.samples[index]!;
    }
    this.speak(message.samples.slice());
  }

  #flush(): void {
    const end = this.#end;
    if (!end) return;
    for (let message = this.link.take(); message !== undefined; message = this.link.take()) end.send(message);
  }
}
