/// <reference lib="dom" />
import type { Clock } from "../../flow/clock.ts";
import type { WireFormat } from "../../protocol/client_message.ts";
import type { InterpretOptions, MicrophoneWish } from "../interpret_options.ts";
import type { Speaker } from "../playback/speaker.ts";
import type { Source } from "../source.ts";
import { FileSource } from "./file_source.ts";
import { openMicrophone } from "./microphone.ts";
import { MicrophoneSource } from "./microphone_source.ts";
import { canEncodeOpus } from "./opus_encoder.ts";
import { SampleSource } from "./sample_source.ts";
import { decodeSoundFile } from "./sound_file.ts";

const pcm: WireFormat = { codec: "pcm_s16le", rate: 16_000 };
const opus: WireFormat = { codec: "opus", rate: 48_000 };

/** Opens the microphone, file or iterable of the options; gives what its sound is sent as with it. */
export async function openSource(
  { microphone, audio }: InterpretOptions,
  service: URL,
  worklets: URL,
  speaker: Speaker | undefined,
  clock: Clock,
): Promise<{ readonly source: Source; readonly format: WireFormat }> {
  if (microphone) {
    const format = await inputFormat(service);
    const wish: MicrophoneWish = microphone === true ? {} : microphone;
    return { source: new MicrophoneSource(await openMicrophone(wish), wish, format, worklets), format };
  }
  const source = audio instanceof Blob
    ? new FileSource(await decodeSoundFile(audio, pcm.rate), speaker, clock)
    : new SampleSource(audio!, pcm.rate);
  return { source, format: pcm };
}

/** Opus where the service takes it and the browser can make it; the service's answer is not waited for where the browser cannot. */
async function inputFormat(service: URL): Promise<WireFormat> {
  try {
    if (!await canEncodeOpus()) return pcm;
    const answer = await fetch(new URL("v1/languages", service));
    const { inputs } = await answer.json() as { readonly inputs: readonly WireFormat[] };
    return inputs.some(({ codec, rate }) => codec === opus.codec && rate === opus.rate) ? opus : pcm;
  } catch {
    return pcm;
  }
}
