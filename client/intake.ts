import type { Clock } from "../flow/clock.ts";
import type { NumberedClientMessage } from "../protocol/client_message.ts";
import { decodeBinary, Flag, type OpusMessage, type PcmMessage } from "../protocol/codec.ts";
import { ProtocolError } from "../protocol/error.ts";
import { utf8Bytes } from "../protocol/json.ts";
import type { Link } from "../protocol/link.ts";
import {
  type ErrorMessage,
  type Lane,
  type NumberedServerMessage,
  parseServerMessage,
  type Ready,
  type ServerMessage,
  type Totals,
  type UnknownServerMessage,
} from "../protocol/server_message.ts";
import { Arrivals } from "./arrivals.ts";
import { Balance } from "./balance.ts";
import type { AudioEvent, ClientEvent } from "./event.ts";
import type { Inbox } from "./inbox.ts";
import type { Requests } from "./requests.ts";
import { Retelling } from "./retelling.ts";
import { ServiceClock } from "./service_clock.ts";

/** What a message was, for the session to act on. */
export type Taken = "greeting" | "acknowledgement" | "numbered" | "ended" | "other";

/** Takes in what the service says: checks its order, remembers what the session has to know, and puts the rest into the inbox. */
export class Intake {
  readonly arrivals = new Arrivals();
  readonly serviceClock = new ServiceClock();
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #requests: Requests;
  readonly #retelling = new Retelling();
  readonly #balance = new Balance();
  #link: Link<NumberedClientMessage>;
  #ready: Ready | undefined;
  /** Whether another instance is asked to go on. */
  #moving = false;
  #token = "";
  #lanes: readonly Lane[] = [];
  #totals: Totals | undefined;
  #error: ErrorMessage | undefined;

  /** @param requests is told of what may be an answer. */
  constructor(link: Link<NumberedClientMessage>, inbox: Inbox, clock: Clock, requests: Requests) {
    this.#requests = requests;
    this.#link = link;
    this.#inbox = inbox;
    this.#clock = clock;
  }

  /** The answer to `start`; `undefined` before it came. */
  get ready(): Ready | undefined {
    return this.#ready;
  }

  /** What to resume with. */
  get token(): string {
    return this.#token;
  }

  /** The lanes as they are now. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** What the session came to; `undefined` before it ended in order. */
  get totals(): Totals | undefined {
    return this.#totals;
  }

  /** The last `error` without a number: why the socket is about to be closed. */
  get error(): ErrorMessage | undefined {
    return this.#error;
  }

  /** Another instance is asked to go on: what comes next is its `ready`. */
  move(): void {
    this.#moving = true;
  }

  /** It has answered, and goes on over `link`; it hears nothing of the first `earlierMs` of the source. */
  moved(link: Link<NumberedClientMessage>, earlierMs: number): void {
    this.#moving = false;
    this.#link = link;
    this.#balance.move(earlierMs);
  }

  /**
   * Takes in a message.
   *
   * @param live whether the greeting has been answered on this socket.
   * @throws {ProtocolError} when it is not what the protocol allows here.
   */
  take(data: unknown, live: boolean): Taken {
    if (typeof data === "string") {
      const message = parseServerMessage(data);
      return live ? this.#takeText(message, data) : this.#takeGreeting(message, data);
    }
    if (!(data instanceof ArrayBuffer || data instanceof Uint8Array)) {
      throw new ProtocolError("Cannot read a message: it is neither text nor bytes, expected one of them");
    }
    if (!live) throw new ProtocolError("Cannot take audio: expected ready or resumed first");
    return this.#takeBinary(data);
  }

  #takeGreeting(message: ServerMessage | UnknownServerMessage, text: string): Taken {
    if (message.type === "error") return this.#takeText(message, text);
    if (message.type === "ready" && (this.#moving || !this.#ready)) {
      this.#takeReady(message);
    } else if (message.type === "resumed" && this.#ready && !this.#moving) {
      if (!this.#link.resume(message.received)) {
        throw new ProtocolError(
          `Cannot resume: received is ${message.received}, expected at least ${this.#link.acknowledged}`,
        );
      }
    } else {
      const wanted = this.#ready && !this.#moving ? "resumed" : "ready";
      throw new ProtocolError(`Cannot take ${message.type}: expected ${wanted} first`);
    }
    this.#token = message.token;
    this.#error = undefined;
    return "greeting";
  }

  #takeReady(message: Ready): void {
    const before = this.#lanes;
    this.#ready = message;
    this.#lanes = message.lanes;
    if (!this.#moving) return;
    this.#retelling.begin();
    this.serviceClock.reset();
    if (JSON.stringify(before) !== JSON.stringify(message.lanes)) {
      this.#inbox.push({ type: "lanes", seq: 0, lanes: message.lanes }, 0);
    }
  }

  #takeText(message: ServerMessage | UnknownServerMessage, text: string): Taken {
    switch (message.type) {
      case "ready":
      case "resumed":
        throw new ProtocolError(`Cannot take ${message.type}: expected it once and first`);
      case "ack":
        this.#link.acknowledge(message.received, message.window);
        this.#link.settle(message.settled);
        return "acknowledgement";
      case "pong":
        this.serviceClock.take(message, this.#clock.now());
        return "other";
      case "goaway":
        this.#inbox.push(message, utf8Bytes(text));
        return "other";
      case "unknown":
        if (message.seq !== undefined) this.#link.accept(message.seq, utf8Bytes(text));
        return message.seq === undefined ? "other" : "numbered";
      case "error": {
        const { seq } = message;
        if (seq !== undefined) return this.#takeNumbered({ ...message, seq }, text);
        this.#error = message;
        return "other";
      }
      default:
        return this.#takeNumbered(message, text);
    }
  }

  #takeNumbered(message: NumberedServerMessage, text: string): Taken {
    const bytes = utf8Bytes(text);
    if (!this.#link.accept(message.seq, bytes)) return "numbered";
    const news = this.#newsOf(message);
    if (!news) return "numbered";
    this.#requests.answer(news);
    this.#balance.note(news);
    this.#hand(news, bytes);
    if (news.type === "lanes") this.#lanes = news.lanes;
    if (news.type !== "ended") return "numbered";
    this.#totals = news.totals;
    return "ended";
  }

  /** What is new in a message to those who heard all that the session told before, at whatever instance. */
  #newsOf(message: NumberedServerMessage): NumberedServerMessage | undefined {
    switch (message.type) {
      case "segment":
        this.arrivals.cut(message);
        return message;
      case "caption":
        return this.#retelling.caption(message);
      case "timing":
      case "skipped":
      case "error":
        if (message.lane !== undefined && message.segment !== undefined) {
          this.arrivals.complete(message.lane, message.segment);
        }
        return message;
      case "cancelled":
        this.arrivals.complete(message.lane, message.through);
        return message;
      case "lanes":
        for (const { lane } of message.lanes) {
          if (!this.#lanes.some((one) => one.lane === lane)) this.arrivals.join(lane);
        }
        return message;
      case "ended":
        return { ...message, totals: this.#balance.totals(message.totals) };
      default:
        return message;
    }
  }

  #takeBinary(data: ArrayBuffer | Uint8Array): Taken {
    const message = decodeBinary(data);
    if (!this.#link.accept(message.seq, data.byteLength) || message.type === "ignored") return "numbered";
    if (message.lane === 0) throw new ProtocolError("Cannot take audio: its lane is 0, expected 1 to 254");
    if (this.arrivals.note(message)) this.#hand(audioEvent(message), data.byteLength);
    return "numbered";
  }

  #hand(event: ClientEvent, bytes: number): void {
    if (this.#inbox.push(event, bytes)) return;
    throw new ProtocolError(
      `Cannot take a message: it has ${bytes} bytes, expected at most the window of ${this.#inbox.windowBytes}`,
    );
  }
}

function audioEvent(message: PcmMessage | OpusMessage): AudioEvent {
  const { lane, position, flags, timing } = message;
  const place = {
    type: "audio" as const,
    lane,
    position,
    start: (flags & Flag.segmentStart) !== 0,
    end: (flags & Flag.segmentEnd) !== 0,
    jump: (flags & Flag.jump) !== 0,
    timing,
  };
  return message.type === "pcm"
    ? { ...place, codec: "pcm_s16le", samples: message.samples }
    : { ...place, codec: "opus", packets: message.packets };
}
