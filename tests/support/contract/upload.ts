import { WavReader } from "../../../media/wav_reader.ts";
import type { Recorded } from "./scenario.ts";

/** What a multipart form with a WAV file holds. */
export interface Upload {
  /** The fields as the specifications have them: truth values and lists as such, the file as `binary`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly file: { readonly name: string; readonly type: string; readonly bytes: number };
  readonly rate: number;
  /** From -32768 to 32767. */
  readonly samples: Int16Array;
}

/**
 * Reads the form of a request by the platform's own parser, and the file by the service's own reader.
 *
 * @throws what is wrong with either.
 */
export async function readUpload({ headers, bytes }: Pick<Recorded, "headers" | "bytes">): Promise<Upload> {
  const form = await new Response(bytes, { headers: { "content-type": headers.get("content-type") ?? "" } })
    .formData();
  const file = form.get("file");
  if (!(file instanceof File)) throw new Error("Cannot read the form: there is no file in it");
  const fields: Record<string, unknown> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).map((value) => value instanceof File ? "binary" : value);
    if (name.endsWith("[]")) fields[name.slice(0, -2)] = values;
    else fields[name] = values.length > 1 ? values : name === "stream" ? values[0] === "true" : values[0];
  }
  const reader = new WavReader();
  const samples = reader.push(new Uint8Array(await file.arrayBuffer()));
  reader.finish();
  const { format, dataBytes } = reader.header!;
  if (dataBytes === undefined) throw new Error("Cannot read the file: it does not say how long it is");
  if (format.channels !== 1) throw new Error(`Cannot read the file: it has ${format.channels} channels`);
  return {
    fields,
    file: { name: file.name, type: file.type, bytes: file.size },
    rate: format.rate,
    samples: Int16Array.from(samples, (sample) => Math.round(sample * 32768)),
  };
}
