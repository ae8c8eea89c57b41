import { scenarioKey } from "./scenario.ts";

/** A place in what goes over a socket at which something can happen. */
export type Step = "open" | "begin" | "phrase" | "audio" | "end";

/** What happens there instead of what should. */
export type SocketFault =
  | { readonly type: "close"; readonly code?: number; readonly reason?: string }
  /** A message comes, such as an error. */
  | { readonly type: "message"; readonly message: string | Uint8Array }
  /** Nothing comes any more. */
  | { readonly type: "stall" };

/** Plays faults on the sockets of a scenario. */
export class SocketScript {
  readonly #faults: { readonly step: Step; readonly fault: SocketFault }[] = [];

  /** The next time that a socket is at this step, this happens. */
  plan(step: Step, fault: SocketFault): void {
    this.#faults.push({ step, fault });
  }

  /** Plays what is planned for a step; whether the socket goes on as usual. */
  play(step: Step, socket: WebSocket): boolean {
    const index = this.#faults.findIndex((planned) => planned.step === step);
    if (index < 0) return true;
    const { fault } = this.#faults.splice(index, 1)[0]!;
    if (fault.type === "close") socket.close(fault.code ?? 1000, fault.reason ?? "");
    if (fault.type === "message") socket.send(fault.message);
    return fault.type === "message";
  }
}

/** Why a connection is refused whose key is not that of the scenario. */
export function refuseKey(given: string | null, wanted: string): Response | undefined {
  return given === wanted.replace("KEY", scenarioKey) ? undefined : new Response("{}", { status: 401 });
}
