import type { Clock } from "../flow/clock.ts";
import { plan } from "../pipeline/capabilities.ts";
import { PipelineError } from "../pipeline/error.ts";
import type { Services } from "../pipeline/interpret.ts";
import type { Resume, Start } from "../protocol/client_message.ts";
import { CloseCode } from "../protocol/close.ts";
import { ProtocolError } from "../protocol/error.ts";
import type { Limits } from "./limits.ts";
import type { MessageSocket } from "./message_socket.ts";
import { Session } from "./session.ts";

/** How long a client that was refused for lack of room should wait, in ms. */
const retryAfterMs = 5000;

/** Options of a {@linkcode Registry}. */
export interface RegistryOptions {
  readonly services: Services;
  readonly limits: Limits;
  /** Is told of failures that are faults of the service. */
  readonly onFault: (error: unknown) => void;
}

/** The live sessions of this instance: starts them, finds them again after a cut, and ends them all when the instance goes away. */
export class Registry implements AsyncDisposable {
  readonly #options: RegistryOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #runs = new Set<Promise<void>>();
  readonly #guests = new Set<AbortController>();
  #draining = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
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
    const { maxSessions } = this.#options.limits;
    if (this.#draining) {
      throw new PipelineError("overloaded", "Cannot start: this instance is going away", {
        retryAfterMs: 1000,
      });
    }
    if (this.size >= maxSessions) {
      throw new PipelineError("overloaded", `Cannot start: ${maxSessions} sessions run, expected fewer`, {
        retryAfterMs,
      });
    }
  }

  /**
   * Counts an interpretation that runs within one HTTP request, until it is disposed.
   *
   * @returns a signal that aborts when the instance goes away.
   * @throws {PipelineError} of kind `overloaded`.
   */
  admit(): Disposable & { readonly signal: AbortSignal } {
    this.demandRoom();
    const guest = new AbortController();
    this.#guests.add(guest);
    return { signal: guest.signal, [Symbol.dispose]: () => this.#guests.delete(guest) };
  }

  /**
   * Starts a session on a socket.
   *
   * @throws {PipelineError} when there is no room, or the engines cannot serve what is asked for.
   */
  start(socket: MessageSocket, message: Start): Session {
    this.demandRoom();
    const { services, limits, onFault } = this.#options;
    const wish = {
      source: message.source,
      targets: message.targets,
      input: message.input,
      outputs: wantedOutputs(message, services),
      glossary: message.glossary ?? {},
      voices: message.voice ?? {},
    };
    const options = plan(wish, services);
    const session = new Session({
      options: { ...options, firstSegment: (message.continues?.segment ?? 0) + 1 },
      captions: message.captions ?? true,
      position: message.continues?.position ?? 0,
      services,
      limits,
      checkTargets: (targets) => plan({ ...wish, targets }, services).targets,
      onFault,
    });
    session.attach(socket);
    this.#sessions.set(session.id, session);
    const run = session.run().finally(() => {
      this.#sessions.delete(session.id);
      this.#runs.delete(run);
    });
    this.#runs.add(run);
    return session;
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
    return session;
  }

  /** Ends every session: clients are told to go elsewhere, have `graceMs` to hear the segment that is being spoken, and are closed with 4503. */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    if (this.size === 0) return;
    for (const session of this.#sessions.values()) session.goAway(graceMs);
    const everybodyLeft = new AbortController();
    const runs = Promise.all(this.#runs).then(() => this.#guests.size === 0 && everybodyLeft.abort());
    if (graceMs > 0) await this.#options.services.clock.sleep(graceMs, everybodyLeft.signal).catch(() => {});
    for (const session of this.#sessions.values()) {
      session.end(CloseCode.moving, "This instance is going away: resume");
    }
    for (const guest of this.#guests) {
      guest.abort(new PipelineError("unavailable", "This instance is going away"));
    }
    await runs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
  }
}

function wantedOutputs({ output }: Start, { synthesizer }: Services) {
  if (!output) return [];
  const { codec, rate } = output;
  if (rate !== undefined) return [{ codec, rate }];
  const given = synthesizer.traits.formats.filter((format) => format.codec === codec);
  return given.length > 0 ? given : [{ codec, rate: 48_000 }];
}
