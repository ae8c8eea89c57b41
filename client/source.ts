import type { InterpretEvent } from "./interpret_event.ts";

/** Where a source gives its sound to: a session. */
export interface SourceTarget {
  /** Takes samples, or leaves them out when too much waits. */
  push(samples: Int16Array): void;
  /** Takes Opus packets that last so many samples at 48 kHz, as `push` does. */
  pushOpus(packets: readonly Uint8Array[], samples: number): void;
  /** Takes samples as fast as the service does; rejects with `signal.reason` when the signal aborts first. */
  send(samples: Int16Array, signal: AbortSignal): Promise<void>;
  /** So many samples are missing. */
  skip(samples: number): void;
  /** What came so far is to be interpreted without waiting for a pause. */
  flush(): void;
  tell(event: InterpretEvent): void;
  /** Tells what can be missed. */
  hint(event: InterpretEvent): void;
}

/** Where speech comes from. */
export interface Source {
  /** Gives everything there is; resolves when nothing more comes, rejects with `signal.reason` when the signal aborts first. */
  run(target: SourceTarget, signal: AbortSignal): Promise<void>;
  /** Goes on with another device; absent where there is none to choose. */
  use?(deviceId: string | undefined): Promise<void>;
  /** Holds the speech back, or goes on. */
  pause(paused: boolean): void;
  /** Lets go of the microphone, once; `run` need not have been called. */
  close(): void;
}
