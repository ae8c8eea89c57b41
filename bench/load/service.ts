/** The service under load, in a process of its own. */
export interface LoadedService extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

const simulated = { PARLEY_STT: "simulated", PARLEY_MT: "simulated", PARLEY_TTS: "simulated" };
/** What is to be found is where it breaks, not where it refuses. */
const unlimited = {
  PARLEY_MAX_SESSIONS: "100000",
  PARLEY_MAX_LOOP_LAG_MS: "60000",
  PARLEY_MAX_MEMORY_MB: "1000000",
};

/** Starts the service on simulated engines; `flags` go to Deno. */
export async function startService(profile: string, flags: readonly string[] = []): Promise<LoadedService> {
  const main = new URL("../../main.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...flags, main],
    env: {
      PARLEY_PORT: "0",
      PARLEY_LOG_LEVEL: "info",
      PARLEY_SIMULATOR_PROFILE: profile,
      ...simulated,
      ...unlimited,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const url = Promise.withResolvers<string>();
  const reading = (async () => {
    let text = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        const found = /"url":"http(:[^"]+)"/.exec(line)?.[1];
        if (found !== undefined) url.resolve(`ws${found}`);
        else if (!line.includes('"level":"info"')) console.error(line);
      }
    }
    url.reject(new Error("The service ended before it listened"));
  })();
  return {
    url: await url.promise,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await Promise.all([child.status, reading]);
    },
  };
}
