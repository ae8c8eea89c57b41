import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeBinary, encodePcm, Flag } from "../../../protocol/codec.ts";
import { type EncodedMessage, Link } from "../../../protocol/link.ts";
import { distance } from "../../../protocol/sequence.ts";

interface Note {
  readonly type: "note";
  readonly seq: number;
  readonly item: number;
}

/** What travels on the simulated socket beside numbered messages. */
type Signal =
  | { readonly type: "resume"; readonly token: number; readonly received: number }
  | { readonly type: "resumed"; readonly token: number; readonly received: number }
  | { readonly type: "ack"; readonly received: number; readonly window: number; readonly settled: number };

/** A socket: what each end has put in and the other has not taken out yet, in order. */
interface Pipe {
  readonly up: (EncodedMessage | Signal)[];
  readonly down: (EncodedMessage | Signal)[];
}

const LIMIT = 600;

/** One end: a link, and what its user put in and got out, each item once and in order. */
class End {
  readonly link: Link<Note>;
  readonly sent: number[] = [];
  readonly got: number[] = [];
  position: number;
  /** Messages that some socket carried, by number: only they may be marked as sent again. */
  readonly carried = new Set<number>();

  constructor(sent: number, received: number, window: number, position: number) {
    this.link = new Link<Note>({ limitBytes: LIMIT, windowBytes: window, sent, received, settled: position });
    this.position = position;
  }

  put(samples: number, json: boolean): void {
    const item = this.sent.length;
    if (!this.link.hasRoom(json ? 60 : 12 + 2 * samples)) return;
    if (json) {
      this.link.keepJson({ type: "note", item });
    } else {
      const end = (this.position + samples) >>> 0;
      const payload = new Int16Array(samples).fill(item);
      this.link.keepBinary(encodePcm({ lane: 0, seq: 0, position: this.position, flags: 0 }, payload), end);
      this.position = end;
    }
    this.sent.push(item);
  }

  pump(wire: (EncodedMessage | Signal)[]): void {
    for (let message = this.link.take(); message !== undefined; message = this.link.take()) {
      wire.push(typeof message === "string" ? message : message.slice());
      const { seq, again } = read(message);
      if (typeof message !== "string") assertEquals(again, this.carried.has(seq));
      this.carried.add(seq);
      assert(
        this.link.inFlightBytes <= this.link.windowBytes || this.link.inFlightBytes <= 100,
        "the window was obeyed",
      );
    }
  }

  take(message: EncodedMessage): void {
    const { seq, item } = read(message);
    if (this.link.accept(seq, message.length)) this.got.push(item);
  }

  check(): void {
    assert(this.link.keptBytes <= LIMIT);
    assert(this.link.waitingBytes + this.link.inFlightBytes <= this.link.keptBytes);
  }
}

function read(message: EncodedMessage): { seq: number; item: number; again: boolean } {
  if (typeof message === "string") return { ...JSON.parse(message) as Note, again: false };
  const decoded = decodeBinary(message);
  assert(decoded.type === "pcm");
  return { seq: decoded.seq, item: decoded.samples[0]!, again: (decoded.flags & Flag.again) !== 0 };
}

/** Two links, the sockets between them, and the rules by which tokens rotate. */
class World {
  readonly client: End;
  readonly server: End;
  #clientPipe: Pipe | undefined = { up: [], down: [] };
  #serverPipe: Pipe | undefined = this.#clientPipe;
  /** Sockets on which the service has not seen a resume yet, oldest first. */
  #dialled: Pipe[] = [];
  #live = true;
  #token = 0;
  #tokens = [0];
  #window: number;
  cuts = 0;

  constructor(up: number, down: number, window: number, position: number) {
    this.client = new End(up, down, window, position);
    this.server = new End(down, up, window, position);
    this.#window = window;
  }

  /** The client finds its socket dead, or gives one up in the middle of a resume; what is under way to it is lost. */
  cut(): void {
    this.#clientPipe = undefined;
    this.#live = false;
    this.cuts += 1;
  }

  /** What is under way to the service on its socket is lost, from some message on. */
  lose(from: number): void {
    if (!this.#live) this.#serverPipe?.up.splice(from);
  }

  redial(): void {
    if (this.#clientPipe) return;
    this.#clientPipe = {
      up: [{ type: "resume", token: this.#token, received: this.client.link.acknowledgement() }],
      down: [],
    };
    this.#dialled.push(this.#clientPipe);
  }

  pump(): void {
    if (this.#clientPipe && this.#live) this.client.pump(this.#clientPipe.up);
    if (this.#serverPipe) this.server.pump(this.#serverPipe.down);
  }

  acknowledge(byClient: boolean): void {
    const settled = (this.client.position - 20) >>> 0;
    const window = this.#window;
    if (byClient) {
      if (!this.#clientPipe || !this.#live) return;
      this.#clientPipe.up.push({
        type: "ack",
        received: this.client.link.acknowledgement(),
        window,
        settled,
      });
    } else {
      this.#serverPipe?.down.push({
        type: "ack",
        received: this.server.link.acknowledgement(),
        window,
        settled,
      });
    }
  }

  deliverUp(): void {
    const message = this.#serverPipe?.up.shift();
    if (message === undefined) return;
    if (typeof message === "string" || message instanceof Uint8Array) return this.server.take(message);
    assert(message.type === "ack");
    this.#tokens = this.#tokens.slice(-1);
    this.server.link.acknowledge(message.received, message.window);
  }

  /** A dialled socket reaches the service; the first message is its resume, and the older sockets end there. */
  deliverResume(): void {
    const pipe = this.#dialled.pop();
    if (!pipe) return;
    this.#dialled = [];
    const message = pipe.up.shift();
    assert(message && typeof message === "object" && "type" in message && message.type === "resume");
    assert(this.#tokens.includes(message.token), "the client's token is alive");
    assert(this.server.link.resume(message.received), "the service kept what the client lacks");
    this.#serverPipe = pipe;
    const token = Math.max(...this.#tokens) + 1;
    this.#tokens = [message.token, token];
    pipe.down.push({ type: "resumed", token, received: this.server.link.acknowledgement() });
  }

  deliverDown(): void {
    const message = this.#clientPipe?.down.shift();
    if (message === undefined) return;
    if (typeof message === "string" || message instanceof Uint8Array) return this.client.take(message);
    if (message.type === "resumed") {
      this.#token = message.token;
      assert(this.client.link.resume(message.received), "the client kept what the service lacks");
      this.#live = true;
      this.acknowledge(true);
    } else {
      assert(message.type === "ack");
      this.client.link.acknowledge(message.received, message.window);
      this.client.link.settle(message.settled);
    }
  }

  /** Without further cuts, everything arrives. */
  drain(): void {
    this.redial();
    for (let round = 0; round < 200; round++) {
      this.deliverResume();
      this.pump();
      this.deliverUp();
      this.deliverDown();
      this.acknowledge(true);
      this.acknowledge(false);
      for (let count = 0; count < 10; count++) {
        this.deliverUp();
        this.deliverDown();
      }
    }
  }

  check(): void {
    this.client.check();
    this.server.check();
    assertEquals(this.server.got, this.client.sent.slice(0, this.server.got.length));
    assertEquals(this.client.got, this.server.sent.slice(0, this.client.got.length));
  }
}

const start = fc.oneof(fc.constant(0), fc.integer({ min: 0xffff_ffe0, max: 0xffff_ffff }));
const step = fc.record({
  action: fc.constantFrom(
    ...["up", "up", "up", "down", "down", "down", "pump", "pump", "pump", "deliverUp", "deliverUp"],
    ...["deliverUp", "deliverDown", "deliverDown", "deliverDown", "ackUp", "ackDown", "cut", "lose"],
    ...["redial", "redial", "deliverResume", "deliverResume"],
  ),
  amount: fc.integer({ min: 1, max: 40 }),
});

function run(world: World, action: string, amount: number): void {
  if (action === "up") world.client.put(amount, amount % 5 === 0);
  else if (action === "down") world.server.put(amount, amount % 3 === 0);
  else if (action === "pump") world.pump();
  else if (action === "ackUp") world.acknowledge(true);
  else if (action === "ackDown") world.acknowledge(false);
  else if (action === "cut") world.cut();
  else if (action === "lose") world.lose(amount % 4);
  else if (action === "redial") world.redial();
  else if (action === "deliverResume") world.deliverResume();
  else if (action === "deliverUp") { for (let count = 0; count < amount % 4; count++) world.deliverUp(); }
  else for (let count = 0; count < amount % 4; count++) world.deliverDown();
}

Deno.test("Link loses nothing and repeats nothing, wherever the socket is cut", () => {
  const seen = { cuts: 0, messages: 0, full: 0 };
  fc.assert(
    fc.property(
      start,
      start,
      start,
      fc.constantFrom(80, 200, 1_000),
      fc.array(step, { minLength: 20, maxLength: 250, size: "max" }),
      (up, down, position, window, steps) => {
        const world = new World(up, down, window, position);
        for (const { action, amount } of steps) {
          run(world, action, amount);
          world.check();
          if (!world.client.link.hasRoom(92)) seen.full += 1;
        }
        world.drain();
        world.check();
        assertEquals(world.server.got, world.client.sent);
        assertEquals(world.client.got, world.server.sent);
        assert(world.client.link.isAcknowledged((world.client.link.nextSequence - 1) >>> 0));
        seen.cuts += world.cuts;
        seen.messages += world.client.sent.length + world.server.sent.length;
      },
    ),
    { numRuns: 200 },
  );
  assert(seen.cuts > 400 && seen.messages > 2_000 && seen.full > 100, JSON.stringify(seen));
});

Deno.test("Link.unsettled() covers all source audio from settled on while the ring has room", () => {
  fc.assert(fc.property(
    start,
    fc.array(
      fc.record({ samples: fc.integer({ min: 1, max: 50 }), acknowledge: fc.boolean(), settle: fc.nat(120) }),
      { maxLength: 60 },
    ),
    (first, steps) => {
      const link = new Link<Note>({ limitBytes: 100_000, windowBytes: 100_000, settled: first });
      let position = first;
      let settled = first;
      for (const { samples, acknowledge, settle } of steps) {
        link.keepBinary(
          encodePcm({ lane: 0, seq: 0, position, flags: 0 }, new Int16Array(samples)),
          position + samples,
        );
        position = (position + samples) >>> 0;
        const taken = link.take();
        assert(taken !== undefined);
        if (acknowledge) link.acknowledge(read(taken).seq, 100_000);
        settled = (settled + Math.min(settle, distance(settled, position))) >>> 0;
        link.settle(settled);
        let at: number | undefined;
        for (const { message: bytes } of link.unsettled()) {
          assert(typeof bytes !== "string");
          const message = decodeBinary(bytes);
          assert(message.type === "pcm");
          if (at === undefined) assert(distance(message.position, settled) >= 0);
          else assertEquals(message.position, at);
          at = (message.position + message.samples.length) >>> 0;
        }
        assertEquals(at ?? settled, position);
      }
    },
  ));
});
