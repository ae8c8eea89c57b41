import { assertEquals } from "@std/assert";
import type { Connections, ProviderConnections } from "../../../pipeline/ports.ts";
import type { Owned } from "../../../adapters/provider.ts";

/** What goes wrong with one request. */
export type HttpFault =
  /** It is refused. */
  | {
    readonly type: "status";
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }
  /** It is never answered. */
  | { readonly type: "hang" }
  /** The answer is cut after so many bytes. */
  | { readonly type: "cut"; readonly after: number }
  /** Another body comes, with status 200. */
  | { readonly type: "body"; readonly body: string };

/** What a request was, for tests that look at it. */
export interface Recorded {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  /** The same as it came, for what is no text. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Answers a request of a scenario; what it objects to goes to `server.object`. */
export type Answer = (request: Recorded, server: ScenarioServer) => Response | Promise<Response>;

/** The key that every scenario wants. */
export const scenarioKey = "sk-scenario-0123456789";

/**
 * A stand-in for a provider on loopback: holds every request against the provider's rules, answers as the provider does, and plays faults.
 */
export class ScenarioServer implements AsyncDisposable {
  /** Requests so far. */
  readonly requests: Recorded[] = [];
  /** Messages that came over sockets so far. */
  readonly messages: string[] = [];
  /** The next requests for a path that ends in `route` fail with these, in order. */
  readonly faults: { readonly route: string; readonly fault: HttpFault }[] = [];
  readonly #violations: string[] = [];
  readonly #ports = new Set<number>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = Promise.withResolvers<void>();
  readonly #sockets = new Set<WebSocket>();
  #disposed: Promise<void> | undefined;

  /** @param upgrade takes sockets, where the provider has some; it says why it refuses one. */
  constructor(
    answer: Answer,
    upgrade?: (request: Recorded, server: ScenarioServer) => ((socket: WebSocket) => void) | Response,
  ) {
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      onError: (error) => {
        if (error !== cut) this.object(`the scenario failed: ${error}`);
        return new Response(null, { status: 500 });
      },
    }, async (request, { remoteAddr }) => {
      this.#ports.add(remoteAddr.port);
      const { pathname, search } = new URL(request.url);
      const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
      const body = isSocket ? new ArrayBuffer(0) : await request.arrayBuffer().catch(() => undefined);
      // The client gave the request up before it was sent.
      if (!body) return new Response(null, { status: 400 });
      const bytes = new Uint8Array(body);
      const recorded: Recorded = {
        method: request.method,
        path: pathname + search,
        headers: new Headers(request.headers),
        body: new TextDecoder().decode(bytes),
        bytes,
      };
      this.requests.push(recorded);
      if ((recorded.path + recorded.body).includes(scenarioKey) && !allowedInBody.has(recorded.path)) {
        this.object(`the key stands outside of the headers: ${pathname}`);
      }
      const planned = this.faults.findIndex(({ route }) => pathname.endsWith(route));
      const fault = planned < 0 ? undefined : this.faults.splice(planned, 1)[0]!.fault;
      if (fault?.type === "status") {
        return new Response(fault.body ?? "", { status: fault.status, headers: fault.headers ?? {} });
      }
      if (fault?.type === "hang") {
        await this.#stop.promise;
        return new Response(null, { status: 500 });
      }
      if (isSocket && upgrade) {
        const taken = upgrade(recorded, this);
        if (taken instanceof Response) return taken;
        const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
        socket.binaryType = "arraybuffer";
        this.#sockets.add(socket);
        socket.addEventListener("message", ({ data }) => this.messages.push(String(data)));
        socket.addEventListener("close", () => this.#sockets.delete(socket));
        taken(socket);
        return response;
      }
      const response = await answer(recorded, this);
      if (fault?.type === "body") {
        await response.body?.cancel();
        return new Response(fault.body, { headers: response.headers });
      }
      return fault?.type === "cut" ? cutAfter(response, fault.after) : response;
    });
  }

  /** Where it listens: `http://127.0.0.1:4711`. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** How many connections requests came over. */
  get connections(): number {
    return this.#ports.size;
  }

  /** Notes that a rule of the provider was broken. */
  object(...violations: readonly string[]): void {
    this.#violations.push(...violations);
  }

  /** Sockets that are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Resolves when no socket is open any more, and the platform has let go of the last one: it tells of a close a little earlier. */
  async closed(): Promise<void> {
    while (this.#sockets.size > 0) await new Promise((resolve) => setTimeout(resolve));
    await new Promise((resolve) => setTimeout(resolve, letGoMs));
  }

  /** @throws {AssertionError} when a rule of the provider was broken. */
  assertKept(): void {
    assertEquals([...this.#violations], [], "Rules of the provider were broken");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposed ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#stop.resolve();
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
    this.assertKept();
  }
}

const letGoMs = 100;

/** The one provider whose key goes into the body. */
const allowedInBody: ReadonlySet<string> = new Set(["/translate"]);

/** How the connections of an engine with one provider are used. */
export function connectionsOf(
  { connections }: { connections?(): readonly ProviderConnections[] },
): Connections | undefined {
  const [line] = connections?.() ?? [];
  return line && { busy: line.busy, idle: line.idle, waiting: line.waiting };
}

/** Why a body is cut: no failure of the scenario. */
const cut = new Error("cut on purpose");

/** An engine together with its scenario: disposing of it ends both, and fails when a rule of the provider was broken. */
export function withScenario<Port extends object>(engine: Owned<Port>, server: ScenarioServer): Owned<Port> {
  return Object.defineProperty(engine, Symbol.asyncDispose, {
    value: disposeBoth.bind(undefined, engine[Symbol.asyncDispose].bind(engine), server),
  });
}

async function disposeBoth(dispose: () => PromiseLike<void>, server: ScenarioServer): Promise<void> {
  await dispose();
  await server[Symbol.asyncDispose]();
}

function cutAfter(response: Response, after: number): Response {
  const reader = response.body!.getReader();
  let left = after;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value } = left > 0 ? await reader.read() : { value: undefined };
      if (!value) {
        await reader.cancel();
        controller.error(cut);
        return;
      }
      controller.enqueue(value.slice(0, left));
      left -= value.length;
    },
  });
  return new Response(body, { headers: response.headers });
}
