// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket } from "ws";
import { decodeBinary, encodePcm, Flag, HEADER_BYTES } from "../../protocol/codec.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";

/** What one session of the load has seen. */
export interface LoadCounts {
  sent: number;
  /** Messages that the window had no room for. */
  dropped: number;
  audioMessages: number;
  textMessages: number;
  bytesIn: number;
  /** Translated speech, in ms. */
  speechMs: number;
  /** From the end of a segment's speech to its first audio, as the service says, in ms. */
  readonly ttfabMs: number[];
  failures: number;
  /** What must not be: gaps in the numbers or the positions, sockets that closed. */
  readonly faults: string[];
}

/** Counts that stand at nothing. */
export function noCounts(): LoadCounts {
  return {
    sent: 0,
    dropped: 0,
    audioMessages: 0,
    textMessages: 0,
    bytesIn: 0,
    speechMs: 0,
    ttfabMs: [],
    failures: 0,
    faults: [],
  };
}

const windowBytes = 1_000_000;
const acknowledgeEveryMs = 200;

/** Options of a {@linkcode LoadSession}. */
export interface LoadSessionOptions {
  readonly url: string;
  readonly rate: number;
  /** What is said, over and over. */
  readonly messages: readonly Int16Array[];
  readonly counts: LoadCounts;
}

/**
 * A speaker of the load: speaks `parley.v1` with as little work as possible, so that many of them fit into one process. The caller says when it is time
 * for the next message.
 */
export class LoadSession {
  readonly ready: Promise<void>;
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: LoadSessionOptions;
  readonly #messageBytes: number;
  #live = false;
  #over = false;
  #seq = 0;
  #acknowledged = 0;
  #window = 65_536;
  #received = 0;
  #owed = false;
  #acknowledgedAtMs = 0;
  #position = 0;
  #jump = false;
  #lanePosition = 0;
  #laneRate = 24_000;
  #next: number;

  constructor(options: LoadSessionOptions) {
    this.#options = options;
    this.#messageBytes = HEADER_BYTES + 2 * options.messages[0]!.length;
    this.#next = Math.floor(Math.random() * options.messages.length);
    this.#socket = new WebSocket(`${options.url}/v1/stream`, [SUBPROTOCOL], { perMessageDeflate: false });
    this.#socket.binaryType = "arraybuffer";
    const ready = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.closed = closed.promise;
    this.#socket.on("open", () => {
      const input = { codec: "pcm_s16le", rate: options.rate };
      this.#socket.send(JSON.stringify({ type: "start", source: "en", targets: ["es"], input }));
    });
    this.#socket.on("message", (data: ArrayBuffer | string, binary: boolean) => {
      if (binary) this.#takeAudio(data as ArrayBuffer);
      else {this.#takeText(
          String(typeof data === "string" ? data : new TextDecoder().decode(data)),
          ready.resolve,
        );}
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", (code: number) => {
      if (!this.#over) options.counts.faults.push(`a socket was closed with ${code}`);
      this.#over = true;
      this.#live = false;
      ready.resolve();
      closed.resolve();
    });
  }

  /** Sends the next message, and an acknowledgement when it is time. */
  tick(nowMs: number): void {
    if (!this.#live) return;
    const { messages, counts } = this.#options;
    const samples = messages[this.#next]!;
    this.#next = (this.#next + 1) % messages.length;
    if ((this.#seq + 1 - this.#acknowledged) * this.#messageBytes > this.#window) {
      counts.dropped += 1;
      this.#jump = true;
    } else {
      this.#seq += 1;
      const flags = this.#jump ? Flag.jump : 0;
      this.#jump = false;
      this.#socket.send(encodePcm({ lane: 0, seq: this.#seq, position: this.#position, flags }, samples));
      counts.sent += 1;
    }
    this.#position += samples.length;
    if (!this.#owed || nowMs - this.#acknowledgedAtMs < acknowledgeEveryMs) return;
    this.#owed = false;
    this.#acknowledgedAtMs = nowMs;
    this.#socket.send(JSON.stringify({ type: "ack", received: this.#received, window: windowBytes }));
  }

  /** Leaves. */
  close(): void {
    this.#over = true;
    this.#live = false;
    this.#socket.close(1000);
  }

  #takeAudio(data: ArrayBuffer): void {
    const { counts } = this.#options;
    const message = decodeBinary(data);
    this.#take(message.seq);
    counts.audioMessages += 1;
    counts.bytesIn += data.byteLength;
    if (message.type !== "pcm") return;
    if (message.position !== this.#lanePosition) counts.faults.push("speech does not follow on");
    this.#lanePosition = message.position + message.samples.length;
    counts.speechMs += message.samples.length * 1000 / this.#laneRate;
    if (message.timing) counts.ttfabMs.push(message.timing.ttfabMs ?? NaN);
  }

  #takeText(text: string, ready: () => void): void {
    const { counts } = this.#options;
    const message = JSON.parse(text);
    counts.textMessages += 1;
    counts.bytesIn += text.length;
    if (message.seq !== undefined) this.#take(message.seq);
    switch (message.type) {
      case "ready":
        this.#live = true;
        this.#laneRate = message.lanes[1].rate;
        this.#socket.send(JSON.stringify({ type: "ack", received: 0, window: windowBytes }));
        return ready();
      case "ack":
        this.#acknowledged = message.received;
        this.#window = message.window;
        return;
      case "error":
        counts.failures += 1;
        return;
    }
  }

  #take(seq: number): void {
    if (seq !== this.#received + 1) this.#options.counts.faults.push("a number is missing");
    this.#received = seq;
    this.#owed = true;
  }
}
