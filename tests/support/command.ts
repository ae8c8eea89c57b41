/** What a command did. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of ours as a child process, with nothing of this process's environment that could change what it does. */
export class RunningCommand {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<readonly [string, string]>;
  #stdout = "";
  #stderr = "";

  /** Starts `deno run` with a file of the repository; `stdin` is what it reads, nothing by default. */
  constructor(path: string, args: readonly string[], options: {
    readonly stdin?: Uint8Array<ArrayBuffer>;
    readonly env?: Readonly<Record<string, string>>;
  } = {}) {
    const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", new URL(`../../${path}`, import.meta.url).href, ...args],
      clearEnv: true,
      env: { PATH, HOME, ...(DENO_DIR === undefined ? {} : { DENO_DIR }), ...options.env },
      stdin: options.stdin ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (options.stdin) feed(this.#child.stdin, options.stdin);
    this.#output = Promise.all([
      collect(this.#child.stdout, (text) => this.#stdout += text),
      collect(this.#child.stderr, (text) => this.#stderr += text),
    ]);
  }

  /** What it has written to standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** What it has written to standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#child.pid;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended. */
  async result(): Promise<CommandResult> {
    const [stdout, stderr] = await this.#output;
    return { code: (await this.#child.status).code, stdout, stderr };
  }
}

/** Runs a command to its end. */
export function runCommand(...args: ConstructorParameters<typeof RunningCommand>): Promise<CommandResult> {
  return new RunningCommand(...args).result();
}

/** A command that ends early does not read everything. */
async function feed(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<string> {
  let all = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    all += text;
    take(text);
  }
  return all;
}
