import { systemClock } from "../../flow/clock.ts";
import type { Services } from "../../pipeline/interpret.ts";
import { createApp } from "../../routes/app.ts";
import type { Access } from "../../routes/auth.ts";
import { defaultLimits } from "../../sessions/limits.ts";
import { Registry } from "../../sessions/registry.ts";
import { fakeService, type FakeServiceOptions } from "./fake_service.ts";

/** A service on a free port of this machine, and what went wrong in it that should not have. */
export interface LiveService extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The same address for sockets. */
  readonly socketUrl: string;
  readonly registry: Registry;
  readonly services: Services;
  readonly faults: readonly unknown[];
}

const anybody: Access = { loopback: true, apiKeys: [], origins: [] };

/** Starts a service on scripted engines and the machine's own time. */
export function liveService(
  options: Omit<FakeServiceOptions, "clock"> = {},
  access: Access = anybody,
): LiveService {
  return listening(fakeService({ clock: systemClock, ...options }), access);
}

/** Starts a service on the given engines, which stay the caller's to dispose. */
export function serveEngines(engines: Omit<Services, "clock">): LiveService {
  const faults: unknown[] = [];
  const services = { ...engines, clock: systemClock };
  const registry = new Registry({ services, limits: defaultLimits, onFault: (error) => faults.push(error) });
  return listening({ services, registry, faults }, anybody);
}

function listening(
  { services, registry, faults }: ReturnType<typeof fakeService>,
  access: Access,
): LiveService {
  const app = createApp({ services, registry, access, onFault: (error) => void faults.push(error) });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    // Answers that break off are what some tests are about: nothing is printed.
    onError: () => new Response(null, { status: 500 }),
  }, app.fetch);
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    registry,
    services,
    faults,
    async [Symbol.asyncDispose]() {
      await registry.drain(0);
      await server.shutdown();
    },
  };
}
