import type { Clock } from "../flow/clock.ts";
import { Condition } from "../flow/condition.ts";
import { plan } from "../pipeline/capabilities.ts";
import { PipelineError } from "../pipeline/error.ts";
import type { Services } from "../pipeline/interpret.ts";
import type { Resume, Start } from "../protocol/client_message.ts";
import { CloseCode } from "../protocol/close.ts";
import { ProtocolError } from "../protocol/error.ts";
import { type Measured, refusal } from "./admission.ts";
import { decodedFor } from "./decoded.ts";
import type { Limits } from "./limits.ts";
import type { MessageSocket } from "./message_socket.ts";
import { failureOf } from "./failure.ts";
import { type SessionObserver, silentObserver } from "./observer.ts";
import { Session } from "./session.ts";

/** How long the peers of closed sockets may take to answer, in ms. */
const closingMs = 500;

/** Options of a {@linkcode Registry}. */
export interface RegistryOptions {
  readonly services: Services;
  readonly limits: Limits;
  /** Is told of failures that are faults of the service. */
  readonly onFault: (error: unknown) => void;
  /** How busy the process is; not at all when absent. */
  readonly measured?: () => Measured;
  /** Is told what happens to sessions; nobody is when absent. */
  readonly observer?: SessionObserver;
}

/** The live sessions of this instance: starts them, finds them again after a cut, and ends them all when the instance goes away. */
export class Registry implements AsyncDisposable {
  readonly #options: RegistryOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #runs = new Set<Promise<void>>();
  readonly #guests = new Set<AbortController>();
  /** The sockets that carry or carried a session and have not closed yet. */
  readonly #sockets = new Set<MessageSocket>();
  /** Notified when a guest or a socket is gone. */
  readonly #gone = new Condition();
  /** Is told what happens to sessions and to what is interpreted without one. */
  readonly observer: SessionObserver;
  #draining = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.observer = options.observer ?? silentObserver;
  }

  /** How long a socket may stay without a session, and what time it is for that. */
  get handshake(): { readonly clock: Clock; readonly startMs: number } {
    return { clock: this.#options.services.clock, startMs: this.#options.limits.startMs };
  }

  /** How many sessions are live, those without a socket of their own included. */
  get size(): number {
    return this.#sessions.size + this.#guests.size;
  }

  /** Whether no more sessions are started. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Refuses what needs room when there is none.
   *
   * @throws {PipelineError} of kind `overloaded`.
   */
  demandRoom(): void {
    const { limits, measured = nothing } = this.#options;
    const refused = refusal({ ...measured(), sessions: this.size, draining: this.#draining }, limits);
    if (refused) throw refused;
  }

  /**
   * Counts an interpretation that runs within one HTTP request, until it is disposed.
   *
   * @returns a signal that aborts when the instance goes away.
   * @throws {PipelineError} of kind `overloaded`.
   */
  admit(): Disposable & { readonly signal: AbortSignal } {
    this.#orRefuse(() => this.demandRoom());
    const guest = new AbortController();
    this.#guests.add(guest);
    return {
      signal: guest.signal,
      [Symbol.dispose]: () => {
        this.#guests.delete(guest);
        this.#gone.notify();
      },
    };
  }

  /**
   * Starts a session on a socket.
   *
   * @throws {PipelineError} when there is no room, or the engines cannot serve what is asked for.
   */
  start(socket: MessageSocket, message: Start): Session {
    const session = this.#orRefuse(() => this.#create(message));
    session.attach(socket);
    this.#sockets.add(socket);
    this.#sessions.set(session.id, session);
    const run = session.run().finally(() => {
      this.#sessions.delete(session.id);
      this.#runs.delete(run);
    });
    this.#runs.add(run);
    return session;
  }

  #create(message: Start): Session {
    this.demandRoom();
    const { services, limits, onFault } = this.#options;
    const decode = decodedFor(message.input, services.recognizer);
    const wish = {
      source: message.source,
      targets: message.targets,
      input: decode ?? message.input,
      outputs: wantedOutputs(message, services),
      glossary: message.glossary ?? {},
      voices: message.voice ?? {},
    };
    const { retain } = message;
    const options = { ...plan(wish, services), ...(retain === undefined ? {} : { retain }) };
    return new Session({
      options: { ...options, input: message.input },
      ...(decode ? { decode } : {}),
      captions: message.captions ?? true,
      ...(message.continues ? { continues: message.continues } : {}),
      services,
      limits,
      checkTargets: (targets) => plan({ ...wish, targets }, services).targets,
      onFault,
      observer: this.observer,
    });
  }

  #orRefuse<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.observer.refused(failureOf(error).message.kind);
      throw error;
    }
  }

  /**
   * Goes on with a session on another socket.
   *
   * @throws {ProtocolError} 4404 when there is none of that name, or it cannot go on.
   */
  resume(socket: MessageSocket, message: Resume): Session {
    const session = this.#sessions.get(message.session);
    if (!session) {
      throw new ProtocolError(
        "Cannot resume: there is no such session here, expected a new start",
        CloseCode.unknownSession,
      );
    }
    session.resume(socket, message);
    this.#sockets.add(socket);
    return session;
  }

  /** Takes note that a socket has closed. */
  forget(socket: MessageSocket): void {
    this.#sockets.delete(socket);
    this.#gone.notify();
  }

  /** Ends everything that runs at once, and says why. */
  endAll(error: PipelineError): void {
    for (const session of this.#sessions.values()) session.fail(error);
    for (const guest of this.#guests) guest.abort(error);
  }

  /**
   * Starts no more sessions and ends those that run: clients are told to go elsewhere, hear what is being spoken to its end, and are closed with 4503;
   * requests are answered to their end. What takes longer than `graceMs` is broken off; sockets have a moment more to close.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    const late = new AbortController();
    const left = new AbortController();
    const deadline = graceMs > 0
      ? this.#options.services.clock.sleep(graceMs, left.signal).then(() => late.abort(), () => {})
      : late.abort();
    const sessions = [...this.#sessions.values()].map((session) => session.leave(graceMs, late.signal));
    await Promise.all([...sessions, this.#guestsLeave(late.signal)]);
    left.abort();
    await Promise.all([...this.#runs, deadline]);
    if (graceMs > 0) await this.#socketsClose();
  }

  /** Waits until the peers have answered the close frames: a server that stops before would close the sockets with another code. */
  async #socketsClose(): Promise<void> {
    const enough = new AbortController();
    const closed = new AbortController();
    const late = this.#options.services.clock.sleep(closingMs, closed.signal).then(
      () => enough.abort(),
      () => {},
    );
    try {
      while (this.#sockets.size > 0) await this.#gone.wait(enough.signal);
    } catch {
      // A peer that does not answer is not waited for.
    }
    closed.abort();
    await late;
  }

  async #guestsLeave(signal: AbortSignal): Promise<void> {
    try {
      while (this.#guests.size > 0) await this.#gone.wait(signal);
    } catch {
      for (const guest of this.#guests) {
        guest.abort(new PipelineError("unavailable", "This instance is going away"));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }
}

const nothing = (): Measured => ({ loopLagMs: 0, memoryBytes: 0 });

function wantedOutputs({ output }: Start, { synthesizer }: Services) {
  if (!output) return [];
  const { codec, rate } = output;
  if (rate !== undefined) return [{ codec, rate }];
  const given = synthesizer.traits.formats.filter((format) => format.codec === codec);
  return given.length > 0 ? given : [{ codec, rate: 48_000 }];
}
