import type { Usage } from "../../pipeline/ports.ts";
import type { EngineStage } from "./engine_event.ts";

/** What a provider charges for: a minute of audio, a character of text, a token. */
export type Unit = "minute" | "character" | "token";

/** One price, in the currency of the table. */
export interface Price {
  readonly provider: string;
  /** The stage that it is for; each that the provider serves when absent. */
  readonly stage?: EngineStage;
  readonly unit: Unit;
  /** For one unit. */
  readonly amount: number;
}

/** What a provider charged for in one report. */
export type Used = Omit<Usage, "type">;

const entry =
  /^(?:(stt|mt|tts):)?([a-z][a-z\d_]*)\s*=\s*(\d+(?:\.\d+)?)\s*\/\s*(?:(thousand|million)\s+)?(minute|hour|character|token)s?$/;
const multiples: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6 };

/**
 * Reads a price table: `deepgram=0.0077/minute, deepl=25/million characters, tts:azure=16/million characters`.
 *
 * @returns the prices; for each entry that cannot be read its place, counted from 1, in `unreadable`.
 */
export function parsePrices(
  text: string,
): { readonly prices: readonly Price[]; readonly unreadable: readonly number[] } {
  const prices: Price[] = [];
  const unreadable: number[] = [];
  for (const [index, part] of text.split(",").entries()) {
    if (part.trim() === "") continue;
    const [, stage, provider, amount, multiple, unit] = entry.exec(part.trim()) ?? [];
    if (provider === undefined) {
      unreadable.push(index + 1);
      continue;
    }
    const units = (multiples[multiple ?? ""] ?? 1) * (unit === "hour" ? 60 : 1);
    prices.push({
      provider,
      ...(stage === undefined ? {} : { stage: stage as EngineStage }),
      unit: unit === "hour" ? "minute" : unit as Unit,
      amount: Number(amount) / units,
    });
  }
  return { prices, unreadable };
}

/** What providers charge, looked up by provider and stage. What has no price costs nothing: engines of one's own do. */
export class PriceTable {
  readonly #amounts = new Map<string, number>();

  constructor(prices: readonly Price[]) {
    for (const { provider, stage, unit, amount } of prices) {
      this.#amounts.set(`${stage ?? ""}:${provider}:${unit}`, amount);
    }
  }

  /** What a use costs, in the currency of the table. */
  cost(stage: EngineStage, provider: string, { audioMs = 0, characters = 0, tokens = 0 }: Used): number {
    const amount = (unit: Unit) =>
      this.#amounts.get(`${stage}:${provider}:${unit}`) ?? this.#amounts.get(`:${provider}:${unit}`) ?? 0;
    return amount("minute") * audioMs / 60_000 + amount("character") * characters + amount("token") * tokens;
  }
}
