import { ProtocolError } from "./error.ts";
import { MAX_OPUS_PACKET_BYTES } from "./limits.ts";

/** The most packets in one bundle. */
export const MAX_OPUS_PACKETS = 255;

/**
 * The bytes that a bundle of these packets takes.
 *
 * @throws {RangeError} when there are too many packets, or one is empty or too large.
 */
export function opusBundleBytes(packets: readonly Uint8Array[]): number {
  if (packets.length > MAX_OPUS_PACKETS) {
    throw new RangeError(
      `Cannot bundle Opus: there are ${packets.length} packets, expected at most ${MAX_OPUS_PACKETS}`,
    );
  }
  let bytes = 1 + 2 * packets.length;
  for (const packet of packets) {
    if (packet.length < 1 || packet.length > MAX_OPUS_PACKET_BYTES) {
      throw new RangeError(
        `Cannot bundle Opus: a packet has ${packet.length} bytes, expected 1 to ${MAX_OPUS_PACKET_BYTES}`,
      );
    }
    bytes += packet.length;
  }
  return bytes;
}

/** Samples at 48 kHz in a frame, by the configuration in the first five bits of a packet (RFC 6716, section 3.1). */
function frameSamples(configuration: number): number {
  if (configuration >= 16) return 120 << (configuration & 3);
  if (configuration >= 12) return 480 << (configuration & 1);
  return [480, 960, 1920, 2880][configuration & 3]!;
}

/**
 * How many samples at 48 kHz an Opus packet lasts.
 *
 * @throws {ProtocolError} when it lacks its count of frames, has none, or lasts more than the 120 ms that a packet may (RFC 6716, section 3.2.5).
 */
export function opusPacketSamples(packet: Uint8Array): number {
  const toc = packet[0]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const samples = frames * frameSamples(toc >> 3);
  if (samples >= 1 && samples <= 5_760) return samples;
  throw new ProtocolError(`Cannot read an Opus packet: it lasts ${samples} samples, expected 1 to 5760`);
}

/** Writes a bundle at `offset`: the number of packets, the size of each, then the packets themselves. */
export function writeOpusBundle(bytes: Uint8Array, offset: number, packets: readonly Uint8Array[]): void {
  bytes[offset] = packets.length;
  let size = offset + 1;
  let at = size + 2 * packets.length;
  for (const packet of packets) {
    bytes[size] = packet.length & 0xff;
    bytes[size + 1] = packet.length >> 8;
    size += 2;
    bytes.set(packet, at);
    at += packet.length;
  }
}

/**
 * Reads the bundle that fills `bytes` from `offset` on. The packets are views.
 *
 * @throws {ProtocolError} when the sizes do not add up to what is there, or a packet is empty or too large.
 */
export function readOpusBundle(bytes: Uint8Array, offset: number): Uint8Array[] {
  const present = bytes.length - offset;
  const count = present > 0 ? bytes[offset]! : 0;
  const table = 1 + 2 * count;
  if (present < table) {
    throw new ProtocolError(
      `Cannot read an Opus bundle: it has ${present} bytes, expected at least ${table}`,
    );
  }
  const packets: Uint8Array[] = [];
  let size = offset + 1;
  let at = offset + table;
  for (let index = 0; index < count; index++, size += 2) {
    const length = bytes[size]! | (bytes[size + 1]! << 8);
    if (length < 1 || length > MAX_OPUS_PACKET_BYTES) {
      throw new ProtocolError(
        `Cannot read an Opus bundle: packet ${index} has ${length} bytes, expected 1 to ${MAX_OPUS_PACKET_BYTES}`,
      );
    }
    packets.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at !== bytes.length) {
    throw new ProtocolError(
      `Cannot read an Opus bundle: it has ${present} bytes, expected ${at - offset} as its sizes say`,
    );
  }
  return packets;
}
