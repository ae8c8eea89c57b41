import type { interpret, InterpretEvent, InterpretSession } from "../client/mod.ts";
import type { PhaseEvent, SourceKind } from "./phase.ts";
import { TalkRecord } from "./talk_record.ts";
import { troubleOf } from "./trouble_of.ts";

/** What is to be interpreted. */
export interface TalkOptions {
  readonly source: string;
  readonly target: string;
  readonly from: SourceKind;
  /** Whether the browser will ask the user for the microphone first. */
  readonly asks: boolean;
  /** Which microphone; the default one when empty. */
  readonly deviceId: string;
  /** Gets the recording, where the speech comes from one; throws a `TroubleError` when it cannot. */
  readonly recording?: (signal: AbortSignal) => Promise<Blob>;
  readonly apiKey?: string | undefined;
  /** Whether the translation is to be heard. */
  readonly voice: boolean;
}

/** What a {@linkcode Talking} tells. */
export interface TalkingListener {
  readonly phase: (event: PhaseEvent) => void;
  /** A talk begins, on an empty record. */
  readonly begun: (record: TalkRecord) => void;
  /** Something in the record changed. */
  readonly changed: (record: TalkRecord) => void;
  /** How loud the speech is, 0 to 1. */
  readonly level: (rms: number) => void;
  /** Another microphone is in use. */
  readonly device: (deviceId: string) => void;
  /** Whether the browser keeps the page from making sound. */
  readonly blocked: (blocked: boolean) => void;
}

/** A move to another instance that was announced is not worth a word, unless it takes longer than this, in ms. */
const moveMs = 2_000;

/** Runs one talk after the other through a session of the SDK, and says what comes of it. */
export class Talking {
  readonly #interpret: typeof interpret;
  readonly #listener: TalkingListener;
  #stop: AbortController | undefined;
  #session: InterpretSession | undefined;
  #ending = false;
  #deviceId = "";
  /** Whether the instance has said that it leaves, and what tells that the move takes long. */
  #leaving = false;
  #late: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(interpreter: typeof interpret, listener: TalkingListener) {
    this.#interpret = interpreter;
    this.#listener = listener;
  }

  /** How much speech was taken, in ms; `undefined` before any could be. */
  get takenMs(): number | undefined {
    const session = this.#session;
    return session && session.sourcePosition * 1000 / session.sourceRate;
  }

  /** Interprets a talk to its end. Never rejects: troubles are told as phases. */
  async begin(options: TalkOptions): Promise<void> {
    // A talk that failed may still be running out.
    this.#stop?.abort(new DOMException("Another talk begins", "AbortError"));
    await this.#running;
    this.#running = this.#through(options);
    await this.#running;
  }

  async #through(options: TalkOptions): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#ending = this.#leaving = false;
    this.#listener.phase({ type: "start", from: options.from, asks: options.asks });
    try {
      await this.#run(options, stop.signal);
      this.#listener.phase({ type: "over" });
    } catch (error) {
      if (stop.signal.aborted) this.#listener.phase({ type: "over" });
      else {
        const trouble = troubleOf(error, options.apiKey !== undefined);
        this.#listener.phase({ type: "trouble", trouble });
      }
    } finally {
      this.#stop = this.#session = undefined;
    }
  }

  /** Ends the talk: in order the first time, so that the rest of it is interpreted; at once the second time, or where it has not begun. */
  stop(): void {
    const session = this.#session;
    if (!session || this.#ending) {
      this.#listener.phase({ type: "stop" });
      return this.#stop?.abort(new DOMException("The user stopped", "AbortError"));
    }
    this.#ending = true;
    this.#listener.phase({ type: "stop" });
    // What goes wrong on the way is told by the events.
    session.end().catch(() => {});
  }

  /** Speaks the translation or does not; captions go on. */
  setVoice(on: boolean): void {
    this.#tell((session) => {
      session.volume = on ? 1 : 0;
      if (!this.#ending) session.mute(!on);
    });
  }

  /** Goes on with another microphone, or stays with the one there is when that fails. */
  async useMicrophone(deviceId: string): Promise<void> {
    try {
      await this.#session?.useMicrophone(deviceId === "" ? undefined : deviceId);
    } catch {
      this.#listener.device(this.#deviceId);
    }
  }

  /** Interprets into another language from here on. */
  setTarget(target: string): void {
    this.#tell((session) => {
      if (!this.#ending) session.setTargets([target]);
    });
  }

  /** Tells the session something, if it still listens; that it does not any more is told by its events. */
  #tell(work: (session: InterpretSession) => void): void {
    if (!this.#session) return;
    try {
      work(this.#session);
    } catch {
      // See above.
    }
  }

  async #run(options: TalkOptions, signal: AbortSignal): Promise<void> {
    const { source, target, from, deviceId, apiKey } = options;
    const audio = from === "microphone" ? undefined : await options.recording?.(signal);
    const session = await this.#interpret({
      url: "/",
      source,
      target,
      signal,
      ...(audio ? { audio } : { microphone: deviceId === "" ? true : { deviceId } }),
      ...(apiKey === undefined ? {} : { apiKey }),
    });
    // Not `await using`: Safari cannot read it.
    try {
      this.#session = session;
      const { engines } = session.ready;
      const record = new TalkRecord({ source, target, engines, startedAt: new Date() }, session.lanes);
      this.#listener.begun(record);
      this.#listener.phase({ type: "connected" });
      if (!options.voice) this.setVoice(false);
      for await (const event of session.events) this.#take(event, record, options, session);
      record.silence();
      this.#listener.changed(record);
    } finally {
      clearTimeout(this.#late);
      await session.close();
    }
  }

  #connection(state: "connecting" | "live" | "reconnecting" | "ended"): void {
    clearTimeout(this.#late);
    if (state === "live") {
      this.#leaving = false;
      this.#listener.phase({ type: "connected" });
    } else if (state === "reconnecting") {
      const tell = () => this.#listener.phase({ type: "cut" });
      if (this.#leaving) this.#late = setTimeout(tell, moveMs);
      else tell();
    }
  }

  #take(event: InterpretEvent, record: TalkRecord, options: TalkOptions, session: InterpretSession): void {
    switch (event.type) {
      case "state":
        return this.#connection(event.state);
      case "goaway":
        this.#leaving = true;
        return;
      case "level":
        return this.#listener.level(event.rms);
      case "device":
        this.#deviceId = event.deviceId;
        return this.#listener.device(event.deviceId);
      case "sound":
        return this.#listener.blocked(event.blocked);
      case "source_ended":
        this.#ending = true;
        return this.#listener.phase({ type: "stop" });
      case "error":
        if (event.fatal) {
          const trouble = troubleOf(event, options.apiKey !== undefined);
          return this.#listener.phase({ type: "trouble", trouble });
        }
        record.take(event);
        break;
      case "lanes":
        record.take(event);
        session.listen(record.lane);
        break;
      case "cancelled":
      case "flushed":
      case "dropped":
      case "ended":
        return;
      default:
        record.take(event);
    }
    this.#listener.changed(record);
  }
}
