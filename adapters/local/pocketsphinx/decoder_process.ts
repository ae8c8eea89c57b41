import { type Clock, systemClock } from "../../../flow/clock.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { type Answer, answerLimit, encodeRequest, type Greeting, type RequestKind } from "./exchange.ts";

/** What a hearing needs of a decoder. */
export interface DecoderClient extends AsyncDisposable {
  /** Whether it can still be asked. */
  readonly alive: boolean;
  /** Whether it has been asked anything: it then knows a speaker, and is of no use to another one. */
  readonly used: boolean;
  /**
   * Hears samples at 16 kHz, at most half a second of them, or ends the utterance.
   *
   * @throws {PipelineError} `unavailable` or `timeout` when the decoder has ended or does not answer; it is not alive any more then.
   */
  ask(kind: RequestKind, samples?: Int16Array): Promise<Answer>;
}

/** Options of a {@linkcode DecoderProcess}. */
export interface DecoderProcessOptions {
  /** The folder with the acoustic model `en-us`, the language model and the dictionary. */
  readonly modelFolder: string;
  /** How long loading may take, in ms; 30,000 by default. */
  readonly startDeadlineMs?: number;
  /** How long an answer may take, in ms; 10,000 by default. */
  readonly answerDeadlineMs?: number;
  readonly clock?: Clock;
  /** The program that answers; `decode.ts` by default. */
  readonly program?: string;
}

/** How the missing parts are installed, for messages. */
const installation = "apt-get install libpocketsphinx3 pocketsphinx-en-us";

/** A decoder in a process of its own, so that what it does there neither blocks nor ends the service. */
export class DecoderProcess implements DecoderClient {
  #child: Deno.ChildProcess;
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #clock: Clock;
  #answerDeadlineMs: number;
  #unread = new Uint8Array();
  #tail: Promise<unknown> = Promise.resolve();
  #ended: Promise<void>;
  #alive = true;
  #used = false;

  private constructor(child: Deno.ChildProcess, options: DecoderProcessOptions) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.getReader();
    this.#clock = options.clock ?? systemClock;
    this.#answerDeadlineMs = options.answerDeadlineMs ?? 10_000;
    this.#ended = child.status.then(() => {
      this.#alive = false;
    });
  }

  /**
   * Starts a process and waits until it has loaded the model.
   *
   * @throws {PipelineError} `unavailable`, with what is missing and how to install it, or `timeout`.
   */
  static async start(options: DecoderProcessOptions): Promise<DecoderProcess> {
    const { modelFolder, startDeadlineMs = 30_000, program = new URL("./decode.ts", import.meta.url).href } =
      options;
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(Deno.execPath(), {
        args: [...runFlags, program, modelFolder],
        // The service's environment holds keys, and settings of the runtime that are not meant for this process.
        clearEnv: true,
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
    } catch (error) {
      throw new PipelineError("unavailable", "Cannot start pocketsphinx: processes may not be run here", {
        cause: error,
      });
    }
    const process = new DecoderProcess(child, options);
    try {
      const greeting: Greeting = JSON.parse(await process.#within(startDeadlineMs, process.#line()));
      if ("missing" in greeting) {
        const what = greeting.missing === "library" ? "libpocketsphinx.so.3" : `the model in ${modelFolder}`;
        throw new PipelineError(
          "unavailable",
          `Cannot start pocketsphinx: ${what} is missing: ${installation}`,
        );
      }
      return process;
    } catch (error) {
      await process[Symbol.asyncDispose]();
      if (error instanceof PipelineError) throw error;
      throw new PipelineError("unavailable", "Cannot start pocketsphinx: its process has ended", {
        cause: error,
      });
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  get used(): boolean {
    return this.#used;
  }

  /** Which process it is, to find it from outside. */
  get pid(): number {
    return this.#child.pid;
  }

  ask(kind: RequestKind, samples?: Int16Array): Promise<Answer> {
    this.#used = true;
    const answer = this.#tail.then(() => this.#ask(encodeRequest(kind, samples)));
    this.#tail = answer.catch(() => {});
    return answer;
  }

  /** Ends the process; what waits for an answer rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#ended;
    await this.#tail;
    await this.#reader.cancel().catch(() => {});
    await this.#writer.abort().catch(() => {});
  }

  async #ask(request: Uint8Array<ArrayBuffer>): Promise<Answer> {
    try {
      return JSON.parse(
        await this.#within(
          this.#answerDeadlineMs,
          this.#writer.write(request).then(() => this.#line()),
        ),
      );
    } catch (error) {
      this.#kill();
      if (error instanceof PipelineError) throw error;
      throw new PipelineError("unavailable", "Cannot use pocketsphinx: its process has ended", {
        cause: error,
      });
    }
  }

  /** The next line of its output, without the end of the line. */
  async #line(): Promise<string> {
    while (true) {
      const end = this.#unread.indexOf(lineFeed);
      if (end >= 0) {
        const line = this.#unread.subarray(0, end);
        this.#unread = this.#unread.subarray(end + 1);
        return new TextDecoder().decode(line);
      }
      if (this.#unread.length > answerLimit) {
        throw new RangeError(`Cannot read an answer: it is longer than ${answerLimit} bytes`);
      }
      const { done, value } = await this.#reader.read();
      if (done) throw new TypeError("Cannot read an answer: the output has ended");
      if (this.#unread.length === 0) this.#unread = value;
      else {
        const joined = new Uint8Array(this.#unread.length + value.length);
        joined.set(this.#unread);
        joined.set(value, this.#unread.length);
        this.#unread = joined;
      }
    }
  }

  /** Ends the process when the work takes too long, which makes the work reject. */
  async #within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
    const done = new AbortController();
    let late = false;
    this.#clock.sleep(deadlineMs, done.signal).then(() => {
      late = true;
      this.#kill();
    }, () => {});
    try {
      return await work;
    } catch (error) {
      if (!late) throw error;
      throw new PipelineError("timeout", `Cannot use pocketsphinx: no answer within ${deadlineMs} ms`, {
        cause: error,
      });
    } finally {
      done.abort();
    }
  }

  #kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** It needs to call a C library and nothing else; without configuration, packages or a network it also starts faster. */
const runFlags = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--no-npm",
  "--no-remote",
  "--allow-ffi",
];

const lineFeed = 10;
