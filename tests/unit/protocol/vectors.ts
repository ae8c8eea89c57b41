import vectors from "../../../protocol/vectors.json" with { type: "json" };
import type { BinaryMessage } from "../../../protocol/codec.ts";
import type { TimingHeader } from "../../../protocol/timing_header.ts";

/** The golden vectors of the protocol, as they are in the file. */
export { vectors };

/** The bytes that a vector spells. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/** How a vector spells these bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A decoded message as the vectors write it: arrays for samples, hex for packets, null for what is unknown. */
export function plain(message: BinaryMessage): Record<string, unknown> {
  if (message.type === "ignored") return { ...message };
  const { timing, ...rest } = message;
  return {
    ...rest,
    ...(timing ? { timing: plainTiming(timing) } : {}),
    ...(rest.type === "pcm"
      ? { samples: Array.from(rest.samples) }
      : { packets: rest.packets.map((packet) => toHex(packet)) }),
  };
}

function plainTiming(timing: TimingHeader): Record<string, unknown> {
  return Object.fromEntries(Object.entries(timing).map(([key, value]) => [key, value ?? null]));
}
