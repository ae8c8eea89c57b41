import type { Trouble } from "./trouble.ts";

/** Where the speech comes from. */
export type SourceKind = "microphone" | "file" | "sample";

/** What the page is doing. */
export type Phase =
  | { readonly type: "idle" }
  /** The browser asks the user for the microphone. */
  | { readonly type: "permission" }
  | { readonly type: "connecting"; readonly from: SourceKind }
  | { readonly type: "live"; readonly from: SourceKind }
  | { readonly type: "reconnecting"; readonly from: SourceKind; readonly then: "live" | "finishing" }
  /** No more speech comes; the rest of it is interpreted. */
  | { readonly type: "finishing"; readonly from: SourceKind }
  | { readonly type: "ended" }
  | { readonly type: "failed"; readonly trouble: Trouble };

/** What happens to the page. */
export type PhaseEvent =
  /** `asks`: the browser will ask the user for the microphone first. */
  | { readonly type: "start"; readonly from: SourceKind; readonly asks: boolean }
  /** The user allowed the microphone. */
  | { readonly type: "allowed" }
  | { readonly type: "connected" }
  | { readonly type: "cut" }
  /** The user stops, or the recording is at its end. */
  | { readonly type: "stop" }
  | { readonly type: "over" }
  | { readonly type: "trouble"; readonly trouble: Trouble };

/** The phase after an event. What does not fit, such as news of a session that was given up, changes nothing. */
export function nextPhase(phase: Phase, event: PhaseEvent): Phase {
  switch (event.type) {
    case "start":
      if (isBusy(phase)) return phase;
      return event.asks ? { type: "permission" } : { type: "connecting", from: event.from };
    case "allowed":
      return phase.type === "permission" ? { type: "connecting", from: "microphone" } : phase;
    case "connected":
      if (phase.type === "permission") return { type: "live", from: "microphone" };
      if (phase.type === "connecting") return { type: "live", from: phase.from };
      return phase.type === "reconnecting" ? { type: phase.then, from: phase.from } : phase;
    case "cut":
      return phase.type === "live" || phase.type === "finishing"
        ? { type: "reconnecting", from: phase.from, then: phase.type }
        : phase;
    case "stop":
      if (phase.type === "live") return { type: "finishing", from: phase.from };
      if (phase.type === "reconnecting") return { ...phase, then: "finishing" };
      return phase.type === "permission" || phase.type === "connecting" ? { type: "idle" } : phase;
    case "over":
      return isBusy(phase) ? { type: "ended" } : phase;
    case "trouble":
      return phase.type === "ended" ? phase : { type: "failed", trouble: event.trouble };
  }
}

/** Whether a session is there or about to be. */
export function isBusy({ type }: Phase): boolean {
  return type !== "idle" && type !== "ended" && type !== "failed";
}

/** Whether speech is being taken. */
export function isListening(phase: Phase): boolean {
  return phase.type === "live" || (phase.type === "reconnecting" && phase.then === "live");
}
