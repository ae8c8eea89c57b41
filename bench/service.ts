import { systemClock } from "../flow/clock.ts";
import type { Services } from "../pipeline/interpret.ts";
import { createApp } from "../routes/app.ts";
import { defaultLimits } from "../sessions/limits.ts";
import { Registry } from "../sessions/registry.ts";

/** A service on a free port of this machine, in this process. */
export interface BenchService extends AsyncDisposable {
  readonly url: string;
}

/** Serves the real routes on the given engines. */
export function serveForBench(engines: Omit<Services, "clock">): BenchService {
  const services = { ...engines, clock: systemClock };
  const onFault = (error: unknown) => console.error("fault:", error);
  const registry = new Registry({ services, limits: defaultLimits, onFault });
  const app = createApp({
    services,
    registry,
    access: { loopback: true, apiKeys: [], origins: [] },
    onFault,
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await registry.drain(0);
      await server.shutdown();
    },
  };
}
