import { unlessAborted } from "../../../flow/abortable.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";

/** How long the programs have to end by themselves, once their input has ended, before they are killed. */
const graceMs = 1000;

/**
 * A running pipeline of programs that answer each text that ends with a NUL with one that does. The shell joins them with the system's own
 * pipes, so that a text passes through all of them without coming back here; when any of them dies, its neighbours' pipes close, and with
 * them our end of it.
 */
export class NullFlushProcess implements AsyncDisposable {
  #child: Deno.ChildProcess;
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #clock: Clock;
  #ended: Promise<void> | undefined;

  /** Starts the programs; each is a name and its arguments. */
  constructor(commands: readonly (readonly string[])[], clock: Clock = systemClock) {
    this.#clock = clock;
    this.#child = new Deno.Command("sh", {
      args: ["-c", shellScript(commands)],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      // A process group of its own, so that all of the programs can be killed by one number.
      detached: true,
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.getReader();
  }

  /** Which process group the programs are in. */
  get group(): number {
    return this.#child.pid;
  }

  /**
   * Sends a text, without its NUL, and waits for the answer. One at a time. After a rejection the process is of no use any more.
   *
   * @throws {TypeError} when the pipeline is broken; `signal.reason` when the signal aborts first.
   */
  exchange(text: string, signal: AbortSignal): Promise<string> {
    const writing = this.#writer.write(new TextEncoder().encode(`${text}\0`));
    return unlessAborted(Promise.all([this.#receive(), writing]).then(([answer]) => answer), signal);
  }

  async #receive(): Promise<string> {
    const decoder = new TextDecoder();
    let answer = "";
    while (true) {
      const { value, done } = await this.#reader.read();
      if (done) throw new TypeError("The pipeline is broken: a program has ended");
      if (value.at(-1) === 0) return answer + decoder.decode(value.subarray(0, -1));
      answer += decoder.decode(value, { stream: true });
    }
  }

  /** Ends all of the programs, by force if they do not end with their input. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#ended ??= this.#end();
  }

  async #end(): Promise<void> {
    this.#writer.abort().catch(() => {});
    this.#reader.cancel().catch(() => {});
    const patience = new AbortController();
    const kill = this.#clock.sleep(graceMs, patience.signal).then(() => Deno.kill(-this.group, "SIGKILL"));
    kill.catch(() => {});
    await this.#child.status;
    patience.abort();
  }
}

/**
 * The pipeline for a POSIX shell. The shell keeps no end of any pipe to itself, else the death of the last program would not be seen: it
 * lets the pipeline run in the background, with the input under another number because what is in the background has none, and waits.
 */
function shellScript(commands: readonly (readonly string[])[]): string {
  const pipeline = commands.map((words, index) => {
    const input = index === 0 ? " <&3" : "";
    return `${words.map(quote).join(" ")}${input} 3<&-`;
  });
  return `exec 3<&0; ${pipeline.join(" | ")} & exec <&- >&- 3<&-; wait`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
