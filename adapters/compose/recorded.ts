import type { Engine } from "../../pipeline/ports.ts";
import type { Owned } from "../provider.ts";
import { around } from "./answering.ts";
import { outcomeOf } from "./outcome.ts";

/** Why a provider could not be used when it was opened last. */
export class OpeningRecord {
  #problem: string | undefined;

  /** Says what failed and what to do, without a key or a reply; `undefined` when it opened, or was not opened yet. */
  get problem(): string | undefined {
    return this.#problem;
  }

  well(): void {
    this.#problem = undefined;
  }

  /** What was cancelled says nothing, and a provider that has no room is well. */
  failed(error: unknown, signal: AbortSignal): void {
    const { outcome } = outcomeOf(error, signal);
    if (outcome === "cancelled" || outcome === "busy") return;
    this.#problem = error instanceof Error ? error.message : "It could not be opened";
  }
}

/** An engine whose openings are recorded. */
export function recorded<Traits, Options, Session extends AsyncDisposable>(
  engine: Owned<Engine<Traits, Options, Session>>,
  record: OpeningRecord,
): Owned<Engine<Traits, Options, Session>> {
  return around(engine, async (wanted) => {
    try {
      const session = await engine.open(wanted);
      record.well();
      return session;
    } catch (error) {
      record.failed(error, wanted.signal);
      throw error;
    }
  });
}
