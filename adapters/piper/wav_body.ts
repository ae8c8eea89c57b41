import { PipelineError } from "../../pipeline/error.ts";

/** How much may stand before the samples, in bytes. */
const headerLimit = 4096;

/**
 * The samples of a WAV file (RIFF) as they come, without what stands before and behind them. Its sizes are not believed where they say that
 * there is more than there is: who streams does not know them.
 *
 * @throws {PipelineError} `internal` when it is no mono WAV file of 16 bits at `rate` samples a second.
 */
export async function* wavBody(
  body: AsyncIterable<Uint8Array>,
  rate: number,
  provider: string,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  let left = 0;
  for await (const bytes of body) {
    let samples = bytes;
    if (head) {
      head = concat(head, bytes);
      const data = findData(head, rate, provider);
      if (!data) {
        if (head.length > headerLimit) throw broken(provider, "its header does not end");
        continue;
      }
      samples = head.subarray(data.at);
      left = data.length;
      head = undefined;
    }
    const piece = samples.subarray(0, left);
    left -= piece.length;
    if (piece.length > 0) yield piece;
  }
  if (head && head.length > 0) throw broken(provider, "it ends within its header");
}

/** Where the samples begin and how many bytes they have; `undefined` when that has not come yet. */
function findData(
  head: Uint8Array,
  rate: number,
  provider: string,
): { readonly at: number; readonly length: number } | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const name = (at: number) => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < 12) return undefined;
  if (name(0) !== "RIFF" || name(8) !== "WAVE") throw broken(provider, "it is none");
  let described = false;
  for (let at = 12; at + 8 <= head.length;) {
    const length = view.getUint32(at + 4, true);
    if (name(at) === "data" && !described) throw broken(provider, "it does not say what it holds");
    if (name(at) === "data") return { at: at + 8, length };
    if (name(at) === "fmt " && at + 24 <= head.length) {
      described = true;
      const [channels, found, bits] = [
        view.getUint16(at + 10, true),
        view.getUint32(at + 12, true),
        view.getUint16(at + 22, true),
      ];
      if (channels !== 1 || bits !== 16 || found !== rate) {
        throw broken(
          provider,
          `it has ${channels} channel(s) of ${bits} bits at ${found} Hz, expected 1 of 16 at ${rate} Hz`,
        );
      }
    }
    at += 8 + length + length % 2;
  }
  return undefined;
}

function broken(provider: string, why: string): PipelineError {
  return new PipelineError("internal", `Cannot use ${provider}: its WAV file cannot be read, ${why}`);
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
