/// <reference lib="dom" />
import { together } from "../flow/together.ts";
import type { WireFormat } from "../protocol/client_message.ts";
import type { Lane, Ready, Totals } from "../protocol/server_message.ts";
import type { ClientEvent } from "./event.ts";
import { EventFeed } from "./event_feed.ts";
import { sessionError } from "./interpret_error.ts";
import type { InterpretEvent } from "./interpret_event.ts";
import { Listening } from "./playback/listening.ts";
import type { Speaker, SpeakerMessage } from "./playback/speaker.ts";
import type { ServiceClock } from "./service_clock.ts";
import type { ClientSession } from "./session.ts";
import type { Source, SourceTarget } from "./source.ts";
import { toldOf } from "./told.ts";

/** What an {@linkcode InterpretSession} is made of; all of it belongs to the session from there on. */
export interface InterpretParts {
  readonly source: Source | undefined;
  readonly speaker: Speaker | undefined;
  /** What the source gives. */
  readonly format: WireFormat;
  /** Ends the connection. */
  readonly stop: AbortController;
}

/** A live session in a page: `interpret` opens it. */
export class InterpretSession implements AsyncDisposable {
  /** What happens, for one reader. Ends with the session; rejects with `signal.reason` when its signal aborted. */
  readonly events: AsyncIterable<InterpretEvent>;
  readonly #session: ClientSession;
  readonly #source: Source | undefined;
  readonly #speaker: Speaker | undefined;
  readonly #listening: Listening;
  readonly #format: WireFormat;
  readonly #stop: AbortController;
  readonly #feed = new EventFeed<InterpretEvent>();
  readonly #sourceOver = new AbortController();
  readonly #done: Promise<void>;
  #segment = 0;
  #paused = false;
  #closed = false;

  /** Takes over a session that has just begun; `interpret` does this. */
  constructor(session: ClientSession, { source, speaker, format, stop }: InterpretParts) {
    this.#session = session;
    this.#source = source;
    this.#speaker = speaker;
    this.#format = format;
    this.#stop = stop;
    this.events = this.#feed.events();
    this.#listening = new Listening(speaker, session.lanes);
    this.#feed.tell({ type: "lanes", lanes: session.lanes });
    this.#done = this.#run();
  }

  /** What the service said when the session started. */
  get ready(): Ready {
    return this.#session.ready;
  }

  /** The lanes as they are now; lane 0 is the source. */
  get lanes(): readonly Lane[] {
    return this.#listening.lanes;
  }

  /** Samples a second of the source clock. */
  get sourceRate(): number {
    return this.#format.rate;
  }

  /** How many samples of the source there were so far, those left out included. */
  get sourcePosition(): number {
    return this.#session.position;
  }

  /** The service's clock and the way there, as pings found them. */
  get clock(): ServiceClock {
    return this.#session.serviceClock;
  }

  /** Whether the source is held back. */
  get paused(): boolean {
    return this.#paused;
  }

  /** The element that speaks; `undefined` where the page plays by itself. */
  get output(): HTMLAudioElement | undefined {
    return this.#speaker?.element;
  }

  /** How loud the translation is, 0 to 1. */
  get volume(): number {
    return this.#speaker?.volume ?? 0;
  }
  set volume(volume: number) {
    if (this.#speaker) this.#speaker.volume = volume;
  }

  /** What is left of a file's original while the translation is spoken, 0 to 1. */
  get duck(): number {
    return this.#speaker?.duck ?? 0;
  }
  set duck(duck: number) {
    if (this.#speaker) this.#speaker.duck = duck;
  }

  /** How loud a file's original is, 0 to 1. */
  get original(): number {
    return this.#speaker?.original ?? 0;
  }
  set original(volume: number) {
    if (this.#speaker) this.#speaker.original = volume;
  }

  /** Turns the microphone off, or holds a file back; false goes on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#source?.pause(paused);
  }

  /** Has the service stop speaking, in one lane or in all; false has it speak again. Captions go on. */
  mute(muted: boolean, lane?: number): void {
    for (const target of this.#listening.targets(lane)) {
      this.#session.mute(target.lane, muted);
      if (muted) this.#listening.silence(target.lane);
    }
  }

  /** Drops what is being said and waits to be said, here and at the service, in one lane or in all. */
  cancel(lane?: number): void {
    for (const target of this.#listening.targets(lane)) {
      this.#listening.cancel(target.lane, this.#segment);
      this.#session.cancel(target.lane, this.#segment);
    }
  }

  /** Asks for other target languages; the event `lanes` follows. */
  setTargets(targets: readonly string[]): void {
    this.#session.setTargets(targets);
  }

  /** Which lane is heard from here on. */
  listen(lane: number): void {
    this.#listening.listen(lane);
  }

  /**
   * Goes on with another microphone, the default one without a name.
   *
   * @throws {InterpretError} when it cannot be opened: the one before stays. {TypeError} when the session has no microphone.
   */
  async useMicrophone(deviceId?: string): Promise<void> {
    if (!this.#source?.use) throw new TypeError("Cannot change the microphone: the session has none");
    await this.#source.use(deviceId);
  }

  /** Plays through another output. Rejects where the browser cannot, or there is none of that name. */
  async useSpeaker(deviceId: string): Promise<void> {
    await this.#speaker?.useSpeaker(deviceId);
  }

  /** Lets the sound out that the browser held back; to be called in a click or key press. */
  async resume(): Promise<void> {
    await this.#speaker?.resume();
  }

  /** Takes samples at `sourceRate`; false when too much waits, and none of them is taken. Throws when the session is over. */
  push(samples: Int16Array): boolean {
    return this.#session.push(samples);
  }

  /** Leaves out so many samples of the source. Throws when the session is over. */
  skip(samples: number): void {
    this.#session.skip(samples);
  }

  /** Asks that what came so far be interpreted without waiting for a pause; `flushed` bears the id that is returned. */
  flush(): number {
    return this.#session.flush();
  }

  /**
   * Ends in order: lets go of the microphone, has the rest interpreted and spoken.
   *
   * @throws {InterpretError} when the session failed before that.
   */
  async end(): Promise<Totals> {
    this.#closeSource();
    try {
      const totals = await this.#session.end();
      await this.#done;
      return totals;
    } catch (error) {
      throw sessionError(error, true);
    }
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort(new DOMException("The session was closed", "AbortError"));
    await this.#done;
  }

  /** Ends at once. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Takes what the speaker tells; for `interpret`. */
  hear(message: SpeakerMessage): void {
    switch (message.type) {
      case "played":
        this.#session.played(message.lane, message.position);
        return message.done ? this.#feed.tell(message) : this.#feed.hint(message);
      case "dropped":
      case "sound":
        return this.#feed.tell(message);
    }
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      await together(
        this.#stop.signal,
        (signal) => this.#follow(signal),
        (signal) => this.#give(signal),
      );
      this.#feed.close();
    } catch (reason) {
      if (this.#closed) this.#feed.close();
      else this.#feed.fail(reason);
      this.#stop.abort(reason);
    }
    this.#closeSource();
    await this.#speaker?.close();
    await this.#session.closed;
  }

  /** Hands on what happens; the last events wait until all has been heard. */
  async #follow(signal: AbortSignal): Promise<void> {
    const last: InterpretEvent[] = [];
    for await (const event of this.#session.events) {
      this.#take(event);
      const ends = event.type === "ended" || (event.type === "state" && event.state === "ended");
      if (ends) last.push(...toldOf(event));
      else for (const told of toldOf(event)) await this.#feed.send(told, signal);
    }
    this.#closeSource();
    await this.#speaker?.drain(signal);
    for (const told of last) this.#feed.tell(told);
  }

  #take(event: ClientEvent): void {
    if (event.type === "segment") this.#segment = event.segment;
    if (event.type === "lanes") this.#listening.lanes = event.lanes;
    if (event.type === "audio" && event.codec === "pcm_s16le") this.#listening.take(event);
  }

  /** Lets the source give what it has; when that is over, the session ends in order. */
  async #give(signal: AbortSignal): Promise<void> {
    if (!this.#source) return;
    const either = AbortSignal.any([signal, this.#sourceOver.signal]);
    try {
      await this.#source.run(this.#target(), either);
    } catch (error) {
      if (either.aborted) return;
      // A source that fails ends the session, and what was said so far is still interpreted.
      const { code, message } = sessionError(error, true);
      this.#feed.tell({ type: "error", code, message, fatal: true });
    }
    this.#feed.tell({ type: "source_ended" });
    // How it ends is told by the events.
    await this.#session.end(signal).catch(() => {});
  }

  #closeSource(): void {
    this.#sourceOver.abort(new DOMException("The source is over", "AbortError"));
    this.#source?.close();
  }

  #target(): SourceTarget {
    const session = this.#session;
    // A session that is over takes nothing any more; why it is over is told by its events.
    const guarded = (work: () => void) => {
      if (this.#sourceOver.signal.aborted) return;
      try {
        work();
      } catch {
        this.#closeSource();
      }
    };
    return {
      push: (samples) => guarded(() => session.push(samples) || session.skip(samples.length)),
      pushOpus: (packets, samples) =>
        guarded(() => session.pushOpus(packets, samples) || session.skip(samples)),
      send: (samples, signal) => session.send(samples, signal),
      skip: (samples) => guarded(() => session.skip(samples)),
      flush: () => guarded(() => session.flush()),
      tell: (event) => this.#feed.tell(event),
      hint: (event) => this.#feed.hint(event),
    };
  }
}
