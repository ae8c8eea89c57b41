/** What {@linkcode wavFile} writes; whatever is absent is what an honest writer would put. */
export interface WavFileOptions {
  readonly data: readonly number[] | Uint8Array;
  readonly code?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly blockAlign?: number;
  readonly riff?: string;
  readonly form?: string;
  readonly riffBytes?: number;
  readonly dataBytes?: number;
  /** Writes WAVEFORMATEXTENSIBLE with this code in its subformat. */
  readonly subformat?: number;
  /** Chunks before `fmt `, between it and `data`, and after `data`. */
  readonly before?: readonly number[];
  readonly between?: readonly number[];
  readonly after?: readonly number[];
}

/** A WAV file written byte by byte, honest or not, to read with the code under test. */
export function wavFile(options: WavFileOptions): Uint8Array {
  const { data, channels = 1, rate = 16_000, bits = 16, subformat } = options;
  const blockAlign = options.blockAlign ?? channels * bits / 8;
  const code = subformat === undefined ? options.code ?? 1 : 0xfffe;
  const format = [
    ...u16(code),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * blockAlign),
    ...u16(blockAlign),
    ...u16(bits),
  ];
  if (subformat !== undefined) {
    format.push(...u16(22), ...u16(bits), ...u32(0), ...u16(subformat));
    format.push(0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71);
  }
  const body = [
    ...ascii(options.form ?? "WAVE"),
    ...(options.before ?? []),
    ...chunk("fmt ", format),
    ...(options.between ?? []),
    ...ascii("data"),
    ...u32(options.dataBytes ?? data.length),
    ...data,
    ...(options.after ?? []),
  ];
  return new Uint8Array([
    ...ascii(options.riff ?? "RIFF"),
    ...u32(options.riffBytes ?? body.length),
    ...body,
  ]);
}

/** A RIFF chunk with the padding that odd sizes need. */
export function chunk(tag: string, body: readonly number[]): number[] {
  return [...ascii(tag), ...u32(body.length), ...body, ...(body.length % 2 === 1 ? [0] : [])];
}

/** 16-bit little-endian. */
export function u16(value: number): number[] {
  return [value & 255, value >> 8 & 255];
}

/** 32-bit little-endian. */
export function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
