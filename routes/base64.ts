import { decodeBase64, encodeBase64 } from "@std/encoding";
import type { Clock } from "../flow/clock.ts";
import { MediaError } from "../media/error.ts";

/** Decoded at a time, in characters: a multiple of 4, so that every slice stands for whole bytes. */
const sliceChars = 65_536;
/** Encoded at a time, in bytes: a multiple of 3, so that only the last slice is padded. */
const sliceBytes = 196_608;

/** What newer platforms have built in, many times faster than the library. */
interface NativeBase64 {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

/**
 * Decodes base64 slice by slice; between two of them everybody else has a turn. White space, as in mail, is passed over.
 *
 * @throws {MediaError} `malformed` when it is not base64.
 */
export async function* decodeSlices(
  text: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const solid = /\s/.test(text) ? text.replaceAll(/\s+/g, "") : text;
  for (let from = 0; from < solid.length; from += sliceChars) {
    if (from > 0) await clock.sleep(0, signal);
    yield decode(solid.slice(from, from + sliceChars));
  }
}

/** Encodes bytes, slice by slice as {@linkcode decodeSlices} decodes. */
export async function encodeSlices(bytes: Uint8Array, clock: Clock, signal: AbortSignal): Promise<string> {
  const slices: string[] = [];
  for (let from = 0; from < bytes.length; from += sliceBytes) {
    if (from > 0) await clock.sleep(0, signal);
    slices.push(encode(bytes.subarray(from, from + sliceBytes)));
  }
  return slices.join("");
}

function decode(slice: string): Uint8Array {
  try {
    return (Uint8Array as NativeBase64).fromBase64?.(slice) ?? decodeBase64(slice);
  } catch {
    throw new MediaError("malformed", "Cannot read the audio: it is not base64, expected A-Z a-z 0-9 + / =");
  }
}

function encode(slice: Uint8Array & { toBase64?(): string }): string {
  return slice.toBase64?.() ?? encodeBase64(slice);
}
