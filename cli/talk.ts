import type { ClientEvent } from "../client/event.ts";
import { type ClientSession, connect } from "../client/session.ts";
import { systemClock } from "../flow/clock.ts";
import { together } from "../flow/together.ts";
import { MediaError } from "../media/error.ts";
import type { Lane, Ready, Totals } from "../protocol/server_message.ts";
import type { Interruption } from "./interruption.ts";
import { keyedConnect } from "./keyed_socket.ts";
import type { LaneOutput } from "./lane_output.ts";
import { wsConnect } from "./socket.ts";
import { SourceClock } from "./source_clock.ts";
import { notReadable, type SourceFile } from "./source_file.ts";
import { speak } from "./speak.ts";
import type { TalkProgress, TalkView } from "./talk_view.ts";
import { type Clause, Transcript } from "./transcript.ts";
import { spokenDuration } from "./duration.ts";

/** What source audio is sent as: every recognizer takes it. */
export const sourceRate = 16_000;

/** How often a view is told that time has passed, in ms. */
const tickMs = 250;

/** Options of {@linkcode interpretTalk}. */
export interface TalkOptions {
  readonly url: URL;
  readonly key: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Whether it takes as long as it lasts; otherwise it is sent as fast as the service takes it. */
  readonly live: boolean;
  /** Whether the service may keep what comes of it; true by default. */
  readonly retain?: boolean;
  readonly source: SourceFile;
  /** Is called when the service is ready; `lane` is one of the targets. */
  readonly createOutput: (lane: Lane) => Promise<LaneOutput>;
  readonly createView: (ready: Ready) => TalkView;
}

/** What came of a talk. */
export interface Talk {
  readonly engines: Ready["engines"];
  readonly outputs: readonly LaneOutput[];
  readonly clauses: readonly Clause[];
  /** What the service counted; `undefined` when the session did not end in order. */
  readonly totals: Totals | undefined;
  /** How much of the recording was sent, in ms. */
  readonly sourceMs: number;
  /** When the first translated audio came, in ms of the talk. */
  readonly firstAudioMs: number | undefined;
  /** How often the connection was cut and came back. */
  readonly cuts: number;
  /** Whether it was ended by Ctrl-C. */
  readonly interrupted: boolean;
  /** Why it did not come to its end; `undefined` when it did. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/**
 * Interprets a recording through a service: sends it, shows and writes what comes back. What came before a failure is kept, and the failure is part of
 * the result.
 *
 * @throws {SessionError} when the service cannot be reached or refuses; {CommandError} when a file cannot be written; the reason of the
 * interruption when that comes before the service is ready.
 */
export async function interpretTalk(options: TalkOptions, interruption: Interruption): Promise<Talk> {
  const life = new AbortController();
  const signal = AbortSignal.any([life.signal, interruption.now]);
  const giveUp = () => life.abort(interruption.inOrder.reason);
  interruption.inOrder.addEventListener("abort", giveUp, { once: true });
  if (interruption.inOrder.aborted) giveUp();
  await using session = await connect({
    url: options.url,
    start: {
      source: options.from,
      targets: options.to,
      input: { codec: "pcm_s16le", rate: sourceRate },
      output: { codec: "pcm_s16le" },
      ...(options.retain === false ? { retain: false } : {}),
    },
    connect: options.key === undefined ? wsConnect : keyedConnect(options.key),
    signal,
  });
  interruption.inOrder.removeEventListener("abort", giveUp);
  const outputs: LaneOutput[] = [];
  try {
    for (const lane of session.lanes.filter(({ lane }) => lane > 0)) {
      outputs.push(await options.createOutput(lane));
    }
    using view = options.createView(session.ready);
    return await new Interpreting(session, outputs, view, options).run(interruption, signal);
  } finally {
    for (const output of outputs) await output.finish();
  }
}

class Interpreting {
  readonly #session: ClientSession;
  readonly #outputs: readonly LaneOutput[];
  readonly #view: TalkView;
  readonly #options: TalkOptions;
  readonly #transcript: Transcript;
  readonly #source = new SourceClock(sourceRate);
  readonly #clauses: Clause[] = [];
  #state: TalkProgress["state"] = "speaking";
  #spoken = false;
  #cutAtMs: number | undefined;
  #cuts = 0;
  #firstAudioMs: number | undefined;
  #failure: Talk["failure"];

  constructor(
    session: ClientSession,
    outputs: readonly LaneOutput[],
    view: TalkView,
    options: TalkOptions,
  ) {
    this.#session = session;
    this.#outputs = outputs;
    this.#view = view;
    this.#options = options;
    this.#transcript = new Transcript(session.lanes);
  }

  async run(interruption: Interruption, signal: AbortSignal): Promise<Talk> {
    const over = new AbortController();
    let totals: Totals | undefined;
    try {
      await together(
        signal,
        async (signal) => {
          await this.#speak(interruption.inOrder, signal);
          totals = await this.#session.end(signal);
        },
        async () => {
          for await (const event of this.#session.events) await this.#take(event);
          over.abort();
        },
        (signal) => this.#tick(over.signal, signal),
      );
    } catch (reason) {
      this.#failure ??= { reason };
    }
    for (const clause of this.#transcript.finish()) await this.#complete(clause);
    return {
      engines: this.#session.ready.engines,
      outputs: this.#outputs,
      clauses: this.#clauses,
      totals,
      sourceMs: this.#session.position * 1000 / sourceRate,
      firstAudioMs: this.#firstAudioMs,
      cuts: this.#cuts,
      interrupted: interruption.inOrder.aborted,
      failure: this.#failure,
    };
  }

  async #speak(inOrder: AbortSignal, signal: AbortSignal): Promise<void> {
    const { source, live } = this.#options;
    const options = { rate: sourceRate, live, clock: systemClock, source: this.#source };
    try {
      await speak(source.samples, this.#session, options, AbortSignal.any([signal, inOrder]));
    } catch (error) {
      if (error instanceof MediaError) {
        this.#failure = { reason: notReadable(source.name, error) };
        this.#note(`${error.message}: what came before is translated`);
      } else if (!inOrder.aborted || signal.aborted) {
        throw error;
      }
    }
    this.#spoken = true;
    if (this.#state === "speaking") this.#state = "finishing";
  }

  async #take(event: ClientEvent): Promise<void> {
    if (event.type === "state") return this.#takeState(event.state);
    const completed = this.#transcript.take(event);
    if (event.type === "audio") {
      const nowMs = this.#source.at(systemClock.now());
      if (this.#options.live) this.#firstAudioMs ??= nowMs;
      const audibleMs = this.#options.live ? nowMs : (event.timing?.end ?? 0) * 1000 / sourceRate;
      await this.#outputs.find(({ lane }) => lane === event.lane)?.speech(event, audibleMs);
    } else if (event.type === "error" && event.segment !== undefined) {
      this.#note(`Clause ${event.segment} failed: ${event.message}`);
    } else if (event.type === "goaway") {
      this.#note("The service is going away: trying to go on with it when it is back");
    }
    for (const clause of completed) await this.#complete(clause);
    if (event.type !== "audio") this.#view.update(this.#progress());
  }

  #takeState(state: "connecting" | "live" | "reconnecting" | "ended"): void {
    if (state === "reconnecting") {
      this.#cuts += 1;
      this.#cutAtMs = systemClock.now();
      this.#state = "cut";
      this.#note("The connection was cut: trying to come back");
    } else if (state === "live" && this.#cutAtMs !== undefined) {
      const goneMs = systemClock.now() - this.#cutAtMs;
      this.#cutAtMs = undefined;
      this.#state = this.#spoken ? "finishing" : "speaking";
      this.#note(`The connection is back after ${spokenDuration(goneMs)}: nothing is lost`);
    }
  }

  async #complete(clause: Clause): Promise<void> {
    this.#clauses.push(clause);
    this.#view.complete(clause, this.#progress());
    for (const output of this.#outputs) await output.caption(clause);
  }

  #note(text: string): void {
    this.#view.note([{ text: "  " }, { text, style: "strong" }], this.#progress());
  }

  async #tick(over: AbortSignal, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([over, signal]);
    while (!either.aborted) {
      this.#view.update(this.#progress());
      await systemClock.sleep(tickMs, either).catch(() => {});
    }
  }

  #progress(): TalkProgress {
    const { live, source } = this.#options;
    const sentMs = this.#session.position * 1000 / sourceRate;
    const nowMs = this.#source.at(systemClock.now());
    return {
      spokenMs: live && !this.#spoken ? Math.min(nowMs, source.totalMs ?? nowMs) : sentMs,
      totalMs: source.totalMs,
      state: this.#state,
      growing: this.#transcript.growing,
    };
  }
}
