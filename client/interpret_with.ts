/// <reference lib="dom" />
import { systemClock } from "../flow/clock.ts";
import type { Start, WireFormat } from "../protocol/client_message.ts";
import { sessionError } from "./interpret_error.ts";
import type { InterpretOptions } from "./interpret_options.ts";
import { InterpretSession } from "./interpret_session.ts";
import { SoundOutput } from "./playback/sound_output.ts";
import type { Speaker, SpeakerMessage } from "./playback/speaker.ts";
import type { Parts } from "./parts.ts";
import { connect } from "./session.ts";
import type { Source } from "./source.ts";

const pcm: WireFormat = { codec: "pcm_s16le", rate: 16_000 };

/** Interprets as `interpret` does, with parts from wherever they are. */
export async function interpretWith(options: InterpretOptions, parts: Parts): Promise<InterpretSession> {
  const { signal, audio, microphone, play = true } = options;
  const targets = targetsOf(options);
  if (audio && microphone) throw new TypeError("Cannot interpret: expected a microphone or audio");
  signal?.throwIfAborted();
  const worklets = new URL(options.worklets ?? ".", import.meta.url);
  const service = new URL(options.url, globalThis.location?.href);
  // What the speaker tells before there is a session is kept for it.
  const early: SpeakerMessage[] = [];
  let hear = (message: SpeakerMessage): void => void early.push(message);
  const output = play ? new SoundOutput() : undefined;
  const stop = new AbortController();
  let speaker: Speaker | undefined;
  let source: Source | undefined;
  let format = pcm;
  try {
    const capture = audio || microphone ? parts.capture() : undefined;
    capture?.catch(() => {});
    if (output) {
      const { Speaker } = await parts.playback();
      speaker = new Speaker(output, (message) => hear(message));
      await speaker.load(worklets);
    }
    if (capture) {
      ({ source, format } = await (await capture).openSource(
        options,
        service,
        worklets,
        speaker,
        systemClock,
      ));
    }
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
    await (speaker ?? output)?.close();
    signal?.throwIfAborted();
    const known = sessionError(error, false);
    if (known.code !== "unreachable") throw known;
    const reason = parts.unreachable().then(
      ({ whyUnreachable }) => whyUnreachable(service, options.apiKey, known),
    );
    throw await reason.catch(() => known);
  }
}

function targetsOf({ target, targets }: InterpretOptions): readonly string[] {
  const wanted = targets ?? (target === undefined ? [] : [target]);
  if (wanted.length === 0 || (targets && target !== undefined)) {
    throw new TypeError("Cannot interpret: expected either target or targets");
  }
  return wanted;
}

function startOf(
  { source, glossary, voices, captions, retain }: InterpretOptions,
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
    ...(retain === undefined ? {} : { retain }),
  };
}
