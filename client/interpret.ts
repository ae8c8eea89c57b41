/// <reference lib="dom" />
import { systemClock } from "../flow/clock.ts";
import type { Start, WireFormat } from "../protocol/client_message.ts";
import { FileSource } from "./capture/file_source.ts";
import { openMicrophone } from "./capture/microphone.ts";
import { MicrophoneSource } from "./capture/microphone_source.ts";
import { canEncodeOpus } from "./capture/opus_encoder.ts";
import { SampleSource } from "./capture/sample_source.ts";
import { decodeSoundFile } from "./capture/sound_file.ts";
import { sessionError } from "./interpret_error.ts";
import type { InterpretOptions, MicrophoneWish } from "./interpret_options.ts";
import { InterpretSession } from "./interpret_session.ts";
import { Speaker, type SpeakerMessage } from "./playback/speaker.ts";
import { connect } from "./session.ts";
import type { Source } from "./source.ts";
import { refusedForKey } from "./unreachable.ts";

const pcm: WireFormat = { codec: "pcm_s16le", rate: 16_000 };
const opus: WireFormat = { codec: "opus", rate: 48_000 };

/**
 * Interprets live: opens the microphone or file, opens a session, and speaks the translation through the page. To be called in a click or key
 * press, which browsers want before a page may make sound.
 *
 * @throws {InterpretError} when it cannot begin, `signal.reason` when the signal aborts first, {TypeError} when the options contradict each
 *   other.
 */
export async function interpret(options: InterpretOptions): Promise<InterpretSession> {
  const { signal, audio, play = true } = options;
  const targets = targetsOf(options);
  if (audio && options.microphone) throw new TypeError("Cannot interpret: expected a microphone or audio");
  signal?.throwIfAborted();
  const worklets = new URL(options.worklets ?? ".", import.meta.url);
  const service = new URL(options.url, globalThis.location?.href);
  // What the speaker tells before there is a session is kept for it.
  const early: SpeakerMessage[] = [];
  let hear = (message: SpeakerMessage): void => void early.push(message);
  const speaker = play ? new Speaker((message) => hear(message)) : undefined;
  const stop = new AbortController();
  let source: Source | undefined;
  try {
    const [format] = await Promise.all([
      options.microphone ? inputFormat(service) : pcm,
      speaker?.load(worklets),
    ]);
    source = await openSource(options, format, worklets, speaker);
    signal?.throwIfAborted();
    const start = startOf(options, targets, format);
    const { apiKey, connect: opener } = options;
    const session = await connect({
      url: new URL("v1/stream", service),
      start,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(opener ? { connect: opener } : {}),
    });
    const interpreting = new InterpretSession(session, { source, speaker, format, stop });
    hear = (message) => interpreting.hear(message);
    early.forEach(hear);
    return interpreting;
  } catch (error) {
    source?.close();
    await speaker?.close();
    signal?.throwIfAborted();
    const known = sessionError(error, false);
    throw known.code === "unreachable" ? await refusedForKey(service, options.apiKey, known) : known;
  }
}

function targetsOf({ target, targets }: InterpretOptions): readonly string[] {
  const wanted = targets ?? (target === undefined ? [] : [target]);
  if (wanted.length === 0 || (targets && target !== undefined)) {
    throw new TypeError("Cannot interpret: expected either target or targets");
  }
  return wanted;
}

async function openSource(
  { microphone, audio }: InterpretOptions,
  format: WireFormat,
  worklets: URL,
  speaker: Speaker | undefined,
): Promise<Source | undefined> {
  if (microphone) {
    const wish: MicrophoneWish = microphone === true ? {} : microphone;
    return new MicrophoneSource(await openMicrophone(wish), wish, format, worklets);
  }
  if (!audio) return undefined;
  return audio instanceof Blob
    ? new FileSource(await decodeSoundFile(audio, format.rate), speaker, systemClock)
    : new SampleSource(audio, format.rate);
}

function startOf(
  { source, glossary, voices, captions }: InterpretOptions,
  targets: readonly string[],
  input: WireFormat,
): Omit<Start, "type"> {
  return {
    source,
    targets,
    input,
    ...(glossary ? { glossary } : {}),
    ...(voices ? { voice: voices } : {}),
    ...(captions === undefined ? {} : { captions }),
  };
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
