import { TextLineStream } from "../../cli/text_lines.ts";
import { type ChildServer, startChild } from "../child_server.ts";

/** The service under load, in a process of its own, with its providers where they are in another. */
export interface LoadedService extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** The process of the providers; `undefined` when they are simulated within the service. */
  readonly providers: number | undefined;
  /** What was alive after each full collection of the heap so far, where the service was started with `--v8-flags=--trace-gc`. */
  readonly collections: readonly Collection[];
}

/** The heap after a full collection. */
export interface Collection {
  readonly atMs: number;
  readonly liveMb: number;
}

/** Where the providers are simulated: in the process of the service, or in a third one, so that the service reaches them over sockets as it does real ones. */
export type Place = "inside" | "outside";

/** What is to be found is where it breaks, not where it refuses. */
const unlimited = {
  PARLEY_MAX_SESSIONS: "100000",
  PARLEY_MAX_LOOP_LAG_MS: "60000",
  PARLEY_MAX_MEMORY_MB: "1000000",
};

/** What is to be started. */
export interface LoadedServiceOptions {
  /** How fast the providers are. */
  readonly profile: string;
  /** For its Deno. */
  readonly flags?: readonly string[];
  /** `inside` by default. */
  readonly place?: Place;
  /** Whether a relay takes the place of the service, which does the least that any would have to do; its providers are outside. */
  readonly bare?: boolean;
}

/** Starts the service on simulated engines. */
export async function startService(options: LoadedServiceOptions): Promise<LoadedService> {
  const { profile, flags = [], place = "inside", bare = false } = options;
  const providers = place === "outside" || bare
    ? await startChild(new URL("providers.ts", import.meta.url), [profile])
    : undefined;
  const module = new URL(bare ? "bare_relay.ts" : "../../main.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...flags, module, ...bare && providers ? [httpOf(providers)] : []],
    env: {
      PARLEY_PORT: "0",
      PARLEY_LOG_LEVEL: "info",
      PARLEY_SIMULATOR_PROFILE: profile,
      ...providers ? outside(providers) : inside,
      ...unlimited,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const collections: Collection[] = [];
  const url = Promise.withResolvers<string>();
  const watching = (async () => {
    for await (const line of linesOf(child.stdout)) {
      const liveMb = /Mark-Compact .*-> ([\d.]+) /.exec(line)?.[1];
      if (liveMb !== undefined) collections.push({ atMs: performance.now(), liveMb: Number(liveMb) });
    }
  })();
  const reading = (async () => {
    for await (const line of linesOf(child.stderr)) {
      const found = /"url":"http(:[^"]+)"/.exec(line)?.[1];
      if (found !== undefined) url.resolve(`ws${found}`);
      else if (!line.includes('"level":"info"')) console.error(line);
    }
    url.reject(new Error("The service ended before it listened"));
  })();
  return {
    url: await url.promise,
    pid: child.pid,
    providers: providers?.pid,
    collections,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, reading, watching]);
      await providers?.stop();
    },
  };
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

const inside = { PARLEY_STT: "simulated", PARLEY_MT: "simulated", PARLEY_TTS: "simulated" };

/** The adapters of real providers, led to the stand-ins. */
function outside(providers: ChildServer): Readonly<Record<string, string>> {
  const address = httpOf(providers);
  return {
    PARLEY_STT: "deepgram",
    DEEPGRAM_API_KEY: "none-of-any-use",
    PARLEY_DEEPGRAM_URL: address,
    PARLEY_DEEPGRAM_CONCURRENCY: "999",
    PARLEY_MT: "openai_chat",
    PARLEY_OPENAI_CHAT_URL: address,
    OPENAI_API_KEY: "none",
    PARLEY_TTS: "cartesia",
    CARTESIA_API_KEY: "none-of-any-use",
    PARLEY_CARTESIA_URL: address,
    PARLEY_CARTESIA_CONCURRENCY: "999",
  };
}

function httpOf({ url }: ChildServer): string {
  return url.replace(/^ws/, "http");
}
