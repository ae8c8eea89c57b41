import { together } from "../../flow/together.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { LinkListener } from "./agreed_link.ts";
import type { EndToEndReport, EndToEndSession } from "./end_to_end_wire.ts";
import type { TargetCode } from "./target_codes.ts";

/** What comes of a source that is translated into one language. */
export type TargetEvent =
  /** More of what was said, up to `atMs` of what was sent where the provider tells. */
  | { readonly type: "source"; readonly text: string; readonly atMs?: number | undefined }
  | { readonly type: "target"; readonly text: string }
  | { readonly type: "audio"; readonly bytes: Uint8Array }
  | { readonly type: "usage"; readonly tokens: number };

/** A connection, or one after the other, over which a source is translated into one language. */
export interface TargetLink extends AsyncDisposable {
  readonly waitingBytes: number;
  /** As in {@linkcode EndToEndSession}, as `pause` and `end` are. */
  readonly awaiting?: boolean;
  listen(listener: TargetListener): void;
  /** Sends the message with a piece of the source. */
  send(message: string, chunk: Int16Array): void;
  pause?(): void;
  end(): Promise<void> | undefined;
}

/** Who hears of what comes over a {@linkcode TargetLink}. */
export interface TargetListener extends LinkListener<TargetEvent> {
  /** Whether somebody speaks, as far as that is known. */
  readonly speaking: boolean;
}

/** How a {@linkcode SessionPerTarget} is opened. */
export interface SessionPerTargetOptions {
  readonly targets: readonly TargetCode[];
  /** The message with a piece of the source. */
  readonly message: (chunk: Int16Array) => string;
  /** Opens the connection for a target; the first one transcribes the source. */
  readonly open: (code: string, transcribes: boolean, signal: AbortSignal) => Promise<TargetLink>;
}

interface Sought {
  readonly target: LanguageTag | undefined;
  readonly link: TargetLink;
}

/** A session with a provider that translates into one language at a time: what is sent goes into all connections, what comes back is put together. */
export class SessionPerTarget implements EndToEndSession {
  readonly #message: (chunk: Int16Array) => string;
  readonly #links: readonly Sought[];

  private constructor(message: (chunk: Int16Array) => string, links: readonly Sought[]) {
    this.#message = message;
    this.#links = links;
  }

  /** Opens all connections at once; when one fails, none stays. */
  static async open(
    { targets, message, open }: SessionPerTargetOptions,
    signal: AbortSignal,
  ): Promise<SessionPerTarget> {
    await using opened = new AsyncDisposableStack();
    const links = await together(
      signal,
      ...targets.map(({ target, code }, index) => async (signal: AbortSignal) => ({
        target,
        link: opened.use(await open(code, index === 0, signal)),
      })),
    );
    opened.move();
    return new SessionPerTarget(message, links);
  }

  get waitingBytes(): number {
    return Math.max(...this.#links.map(({ link }) => link.waitingBytes));
  }

  get counts(): number {
    return this.#links.length;
  }

  get awaiting(): boolean {
    return this.#links.some(({ link }) => link.awaiting === true);
  }

  listen(report: EndToEndReport): void {
    for (const [index, { target, link }] of this.#links.entries()) {
      link.listen({
        get speaking() {
          return report.speaking;
        },
        take(event) {
          if (event.type === "usage") report.used(event);
          if (event.type === "source" && index === 0) report.wrote(event.text, event.atMs);
          if (target === undefined) return;
          if (event.type === "audio") report.spoke(target, event.bytes);
          if (event.type === "target" && event.text !== "") {
            report.translated({ target, append: event.text, tentative: "" });
          }
        },
        failed: (error) => report.failed(error),
      });
    }
  }

  send(chunk: Int16Array): void {
    const message = this.#message(chunk);
    for (const { link } of this.#links) link.send(message, chunk);
  }

  pause(): void {
    for (const { link } of this.#links) link.pause?.();
  }

  end(): Promise<void> | undefined {
    const ends = this.#links.map(({ link }) => link.end()).filter((end) => end !== undefined);
    return ends.length === 0 ? undefined : Promise.all(ends).then(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#links.map(({ link }) => link[Symbol.asyncDispose]()));
  }
}
