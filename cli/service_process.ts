import { TextLineStream } from "./text_lines.ts";

/** How many of its last lines are kept, to be shown when it fails. */
const keptLines = 12;
/** How long it may take to end in order, in ms; then it is killed. */
const endMs = 6000;

/** The service as a child process. It ends with this process, whatever this one ends of. */
export class ServiceProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #drained: Promise<unknown>;
  /** Takes the lines that the service writes; nobody does at first. */
  onLine: ((line: string) => void) | undefined;
  #ended: Deno.CommandStatus | undefined;

  /** Starts `main.ts` with an environment. */
  constructor(env: Readonly<Record<string, string>>) {
    const file = (path: string) => new URL(path, import.meta.url).href;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", `--preload=${file("./end_with_parent.ts")}`, file("../main.ts")],
      clearEnv: true,
      env: { ...env },
      // Ctrl-C at the terminal reaches this process alone, which then ends the service in order.
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#drained = Promise.all([this.#drain(this.#child.stdout), this.#drain(this.#child.stderr)]);
    this.#child.status.then((status) => this.#ended = status);
  }

  /** The last lines that it wrote. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  /** Whether it has ended. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Ends it in order, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) this.#child.kill("SIGINT");
    const late = setTimeout(() => {
      if (!this.hasEnded) this.#child.kill("SIGKILL");
    }, endMs);
    await this.#child.status;
    clearTimeout(late);
    await this.#drained;
  }

  async #drain(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      this.#lines.push(line);
      if (this.#lines.length > keptLines) this.#lines.shift();
      this.onLine?.(line);
    }
  }
}
