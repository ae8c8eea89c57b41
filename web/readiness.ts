/** What one engine's probe found. */
export interface EngineState {
  readonly engine: string;
  readonly ready: boolean;
  readonly detail?: string;
}

/** What the service does, in the order of the sheet. */
export const ports = ["stt", "mt", "tts"] as const;

/** The engines' states, or that nobody answers. */
export type Readiness =
  | { readonly type: "unknown" }
  | { readonly type: "unreachable" }
  | {
    readonly type: "known";
    readonly ready: boolean;
    readonly engines: Readonly<Record<(typeof ports)[number], EngineState>>;
  };

/** Reads the answer of `GET /readyz`; one that is none counts as unreachable. */
export function readReadiness(answer: unknown): Readiness {
  const engines = (answer as { engines?: Partial<Record<(typeof ports)[number], EngineState>> } | null)
    ?.engines;
  const { stt, mt, tts } = engines ?? {};
  if (!stt || !mt || !tts) return { type: "unreachable" };
  return { type: "known", ready: stt.ready && mt.ready && tts.ready, engines: { stt, mt, tts } };
}
