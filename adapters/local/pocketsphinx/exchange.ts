/**
 * What goes between the service and a decoder process. A request is a header of eight bytes (u32 kind, u32 payload length, both
 * little-endian) and its payload; each is answered, in order, by one line of JSON.
 */

/** Kinds of a request: raw 16-bit samples to hear, and the end of the utterance. */
export const requestKinds = { audio: 1, finish: 2 } as const;

/** A kind of request by its name. */
export type RequestKind = keyof typeof requestKinds;

/** Bytes before the payload of a request. */
export const headerBytes = 8;
/** The longest payload: half a second at 16 kHz. */
export const payloadLimit = 16_000;
/** The longest line of an answer, in bytes: several times what half a minute of fast speech takes. */
export const answerLimit = 65_536;

/** A word or filler as the decoder spells it, with its first and last frame of 10 ms, counted from the first sample that the decoder was given. */
export type Segment = readonly [token: string, firstFrame: number, lastFrame: number];

/** The answer to a request. */
export interface Answer {
  /** Whether there is speech at the end of the audio so far. */
  readonly speech: boolean;
  /** What was recognised of the utterance so far. */
  readonly segments?: readonly Segment[];
  /** The utterance has ended, and `segments` is the whole of it. */
  readonly ended?: true;
}

/** The first line of a decoder process: that it is ready, or what it lacks. */
export type Greeting = { readonly ready: true } | { readonly missing: "library" | "model" };

/** Puts a request together. */
export function encodeRequest(kind: RequestKind, samples?: Int16Array): Uint8Array<ArrayBuffer> {
  const payload = samples
    ? new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
    : new Uint8Array();
  if (payload.length > payloadLimit) {
    throw new RangeError(
      `Cannot ask the decoder: ${payload.length} bytes of audio, expected at most ${payloadLimit}`,
    );
  }
  const request = new Uint8Array(headerBytes + payload.length);
  const header = new DataView(request.buffer);
  header.setUint32(0, requestKinds[kind], true);
  header.setUint32(4, payload.length, true);
  request.set(payload, headerBytes);
  return request;
}
