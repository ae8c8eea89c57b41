/** A server in a process of its own, so that what it uses can be measured. */
export interface ChildServer extends AsyncDisposable {
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string;
  readonly pid: number;
  /** What it prints after it was told to go: one JSON value. */
  stop(): Promise<unknown>;
}

/** Starts a module that serves on a free port of this machine, prints its port as the first line, and on SIGTERM what it has to tell, and ends. */
export async function startChild(module: URL, args: readonly string[]): Promise<ChildServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", module.href, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await lines.read();
    if (done) {
      throw new Error(`Cannot start ${module.pathname.split("/").at(-1)}: it ended before it listened`);
    }
    text += value;
  }
  const port = Number(text.slice(0, text.indexOf("\n")));
  text = text.slice(text.indexOf("\n") + 1);
  let told: Promise<unknown> | undefined;
  const stop = () =>
    told ??= (async () => {
      child.kill("SIGTERM");
      for (let read = await lines.read(); !read.done; read = await lines.read()) text += read.value;
      await child.status;
      return text.trim() === "" ? undefined : JSON.parse(text);
    })();
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
