import type { Connect } from "../../client/socket.ts";
import type { Frame } from "../../pipeline/audio.ts";
import { serveConnection } from "../../sessions/connection.ts";
import type { Registry } from "../../sessions/registry.ts";
import { fakeService, type FakeServiceOptions } from "./fake_service.ts";
import { type Accept, MemoryNetwork, type MemorySocket, type ServerEnd } from "./memory_network.ts";

/** One instance of a service, which knows nothing of the sessions of the others. */
export interface Instance {
  readonly registry: Registry;
  readonly network: MemoryNetwork;
  readonly faults: readonly unknown[];
}

/** Instances of a service on scripted engines, and a way to them that leads to one of them at a time and can be cut. */
export class Instances implements AsyncDisposable {
  readonly #make: () => Instance;
  readonly #left: Promise<void>[] = [];
  readonly #every: Instance[] = [];
  readonly all: Instance[];
  /** The one that new sockets lead to. */
  current = 0;
  /** While it is set, no socket opens. */
  refusing = false;

  /** @param onFrame is told of every frame that reaches a recognizer. */
  constructor(
    count: number,
    readonly latencyMs: number,
    options: FakeServiceOptions & { readonly onFrame?: (frame: Frame) => void },
  ) {
    this.#make = () => {
      const { registry, faults } = fakeService(options);
      const instance = { registry, faults, network: new MemoryNetwork(options.clock, acceptWith(registry)) };
      instance.network.latencyMs = this.latencyMs;
      this.#every.push(instance);
      return instance;
    };
    this.all = Array.from({ length: count }, this.#make);
  }

  /** To be handed to the client. */
  readonly connect: Connect = (url, protocols) => {
    const { network } = this.all[this.current]!;
    network.answer = this.refusing ? { code: 1006 } : { protocol: "parley.v1" };
    return network.connect(url, protocols);
  };

  /** All sockets that there were, as the client holds them. */
  get sockets(): readonly MemorySocket[] {
    return this.#every.flatMap(({ network }) => network.sockets);
  }

  /** What went wrong that should not have. */
  get faults(): readonly unknown[] {
    return this.#every.flatMap(({ faults }) => faults);
  }

  /** The current instance leaves in order, and another one takes its place. */
  leave(graceMs: number): void {
    this.#left.push(this.all[this.current]!.registry.drain(graceMs));
    this.all[this.current] = this.#make();
  }

  /** Cuts every socket: both ends hear of it at once. */
  cut(): void {
    for (const socket of this.sockets) {
      if (!socket.closed) socket.cut();
    }
  }

  /** Lets nothing through any more on the sockets that there are; nobody hears of it. */
  stall(): void {
    for (const socket of this.sockets) {
      if (!socket.closed) socket.stall();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#every.map(({ registry }) => registry[Symbol.asyncDispose]()));
    await Promise.all(this.#left);
    this.cut();
  }
}

function acceptWith(registry: Registry): Accept {
  return (end: ServerEnd) => {
    let closed = false;
    const gone = (code: number) => {
      if (closed) return;
      closed = true;
      handler.closed(code);
    };
    const handler = serveConnection({
      waitingBytes: 0,
      send(message) {
        if (!closed) end.send(message);
      },
      close(code, reason) {
        if (closed) return;
        end.close(code, reason);
        gone(code);
      },
    }, registry);
    return {
      message(data) {
        if (!closed) handler.message(data);
      },
      closed: gone,
    };
  };
}
