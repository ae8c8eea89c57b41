import { ProtocolError } from "./error.ts";
import { opusBundleBytes, readOpusBundle, writeOpusBundle } from "./opus_bundle.ts";
import { readTiming, TIMING_BYTES, TIMING_TYPE, type TimingHeader, writeTiming } from "./timing_header.ts";

/** The bits of a binary message's second byte. */
export const Flag = {
  /** The first audio of a segment; the timing header comes with it. */
  segmentStart: 1,
  /** The last audio of a segment; there may be none left to carry. */
  segmentEnd: 2,
  /** The positions jump here on purpose: speech was cancelled or skipped, or a microphone was off. */
  jump: 4,
  /** The message was sent before, on a socket that was cut. */
  again: 8,
} as const;

/** The kinds of binary messages that this version defines. */
export const Kind = { pcm: 1, opus: 2 } as const;

/** Kinds from here on are for extensions that a receiver may ignore. */
export const FIRST_IGNORED_KIND = 128;

/** The bytes of a header without extensions. */
export const HEADER_BYTES = 12;

const KNOWN_FLAGS = 15;
const MAX_LANE = 254;
const SEQUENCE_OFFSET = 4;
const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** What every audio message says about itself. */
export interface AudioHeader {
  /** 0 is the source, 1-254 are targets. */
  readonly lane: number;
  /** The number in the order of this direction's numbered messages, modulo 2³². */
  readonly seq: number;
  /** The first sample's place on the lane's clock, modulo 2³². */
  readonly position: number;
  /** A sum of {@linkcode Flag} values. */
  readonly flags: number;
  readonly timing?: TimingHeader | undefined;
}

/** Raw audio: 16-bit samples, a view of the received message. */
export interface PcmMessage extends AudioHeader {
  readonly type: "pcm";
  readonly samples: Int16Array;
}

/** Encoded audio: Opus packets, views of the received message. */
export interface OpusMessage extends AudioHeader {
  readonly type: "opus";
  readonly packets: readonly Uint8Array[];
}

/** A message of a kind that this version does not know and may ignore; it still counts in the numbering. */
export interface IgnoredMessage {
  readonly type: "ignored";
  readonly kind: number;
  readonly seq: number;
}

/** A binary message, decoded. */
export type BinaryMessage = PcmMessage | OpusMessage | IgnoredMessage;

/**
 * Encodes raw audio into one allocation.
 *
 * @throws {RangeError} when the lane or the flags are out of range, or a segment starts without its timing header.
 */
export function encodePcm(header: AudioHeader, samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = encodeHeader(Kind.pcm, header, 2 * samples.length);
  const offset = bytes.length - 2 * samples.length;
  const payload = new Int16Array(bytes.buffer, offset, samples.length);
  payload.set(samples);
  if (!hostIsLittleEndian) swapBytes(bytes, offset);
  return bytes;
}

/**
 * Encodes a bundle of Opus packets into one allocation.
 *
 * @throws {RangeError} as `encodePcm` does, and when there are more than 255 packets or one is empty or above 1,275 bytes.
 */
export function encodeOpus(header: AudioHeader, packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const payloadBytes = opusBundleBytes(packets);
  const bytes = encodeHeader(Kind.opus, header, payloadBytes);
  writeOpusBundle(bytes, bytes.length - payloadBytes, packets);
  return bytes;
}

/**
 * Decodes a binary message. Samples and packets are views of `data`; samples are copied only where its memory is misaligned.
 *
 * @throws {ProtocolError} when it is not a message of this protocol.
 */
export function decodeBinary(data: ArrayBuffer | Uint8Array): BinaryMessage {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  if (bytes.length < HEADER_BYTES) {
    throw fault(`it has ${bytes.length} bytes, expected at least ${HEADER_BYTES}`);
  }
  const headerBytes = 4 * bytes[3]!;
  if (headerBytes < HEADER_BYTES || headerBytes > bytes.length) {
    throw fault(
      `its header has ${headerBytes} bytes, expected ${HEADER_BYTES} to the message's ${bytes.length}`,
    );
  }
  const kind = bytes[0]!;
  const seq = readUint32(bytes, SEQUENCE_OFFSET);
  if (kind >= FIRST_IGNORED_KIND) return { type: "ignored", kind, seq };
  if (kind !== Kind.pcm && kind !== Kind.opus) {
    throw fault(`its kind is ${kind}, expected 1, 2 or 128 to 255`);
  }
  const flags = bytes[1]!;
  const lane = bytes[2]!;
  const timing = headerBytes > HEADER_BYTES ? readExtensions(bytes, headerBytes) : undefined;
  const problem = problemOf(flags, lane, timing);
  if (problem !== undefined) throw fault(problem);
  const position = readUint32(bytes, 8);
  if (kind === Kind.opus) {
    return { type: "opus", lane, seq, position, flags, timing, packets: readOpusBundle(bytes, headerBytes) };
  }
  return { type: "pcm", lane, seq, position, flags, timing, samples: readSamples(bytes, headerBytes) };
}

/** Writes another number into an encoded message. */
export function stampSequence(message: Uint8Array, seq: number): void {
  message[SEQUENCE_OFFSET] = seq;
  message[SEQUENCE_OFFSET + 1] = seq >>> 8;
  message[SEQUENCE_OFFSET + 2] = seq >>> 16;
  message[SEQUENCE_OFFSET + 3] = seq >>> 24;
}

/** Marks an encoded message as sent before. */
export function stampAgain(message: Uint8Array): void {
  message[1] = message[1]! | Flag.again;
}

/** Marks an encoded message as one before which something is missing. */
export function stampJump(message: Uint8Array): void {
  message[1] = message[1]! | Flag.jump;
}

function encodeHeader(kind: number, header: AudioHeader, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const { lane, flags, timing } = header;
  const problem = Number.isInteger(lane) && lane >= 0
    ? problemOf(flags, lane, timing)
    : `its lane is ${lane}, expected 0 to ${MAX_LANE}`;
  if (problem !== undefined) throw new RangeError(`Cannot encode a binary message: ${problem}`);
  const headerBytes = timing ? HEADER_BYTES + TIMING_BYTES : HEADER_BYTES;
  const bytes = new Uint8Array(headerBytes + payloadBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = kind;
  bytes[1] = flags;
  bytes[2] = lane;
  bytes[3] = headerBytes / 4;
  view.setUint32(SEQUENCE_OFFSET, header.seq, true);
  view.setUint32(8, header.position, true);
  if (timing) writeTiming(view, HEADER_BYTES, timing);
  return bytes;
}

function problemOf(flags: number, lane: number, timing: TimingHeader | undefined): string | undefined {
  if ((flags & ~KNOWN_FLAGS) !== 0) return `its flags are ${flags}, expected 0 to ${KNOWN_FLAGS}`;
  if (lane > MAX_LANE) return `its lane is ${lane}, expected 0 to ${MAX_LANE}`;
  if (lane === 0 && (flags & (Flag.segmentStart | Flag.segmentEnd)) !== 0) {
    return "its lane is 0 and it has a segment flag, expected a lane from 1 on";
  }
  if ((flags & Flag.segmentStart) !== 0 && !timing) {
    return "it starts a segment and has no timing header, expected one";
  }
  return undefined;
}

function readExtensions(bytes: Uint8Array, headerBytes: number): TimingHeader | undefined {
  let timing: TimingHeader | undefined;
  for (let offset = HEADER_BYTES; offset < headerBytes;) {
    const end = offset + 4 + 4 * bytes[offset + 1]!;
    if (end > headerBytes) {
      throw fault(`an extension ends at byte ${end}, expected within the header's ${headerBytes}`);
    }
    if (bytes[offset] === TIMING_TYPE) {
      if (timing) throw fault("it has two timing headers, expected at most one");
      timing = readTiming(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset);
    }
    offset = end;
  }
  return timing;
}

function readSamples(bytes: Uint8Array, offset: number): Int16Array {
  const payloadBytes = bytes.length - offset;
  if (payloadBytes % 2 !== 0) throw fault(`it has ${payloadBytes} bytes of PCM, expected an even number`);
  const start = bytes.byteOffset + offset;
  if (hostIsLittleEndian && start % 2 === 0) return new Int16Array(bytes.buffer, start, payloadBytes / 2);
  const copy = new Uint8Array(payloadBytes);
  copy.set(bytes.subarray(offset));
  if (!hostIsLittleEndian) swapBytes(copy, 0);
  return new Int16Array(copy.buffer);
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) |
    (bytes[offset + 3]! << 24)) >>> 0;
}

function swapBytes(bytes: Uint8Array, offset: number): void {
  for (let index = offset; index + 1 < bytes.length; index += 2) {
    const first = bytes[index]!;
    bytes[index] = bytes[index + 1]!;
    bytes[index + 1] = first;
  }
}

function fault(problem: string): ProtocolError {
  return new ProtocolError(`Cannot read a binary message: ${problem}`);
}
