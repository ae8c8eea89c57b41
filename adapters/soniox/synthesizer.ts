import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechSynthesizer } from "../../pipeline/ports.ts";
import { everyLanguage, rawFormats } from "../net/choose_voice.ts";
import { type SocketOutside, synthesizerOverSocket } from "../net/synthesizer_over_socket.ts";
import type { Owned } from "../provider.ts";
import { provider } from "./error.ts";
import {
  cancelMessage,
  connection,
  endMessage,
  keepaliveMessage,
  phraseMessage,
  readMessage,
  startMessage,
} from "./speech_wire.ts";
import { codeOf, type SonioxAccess } from "./wire.ts";

/** Options of {@linkcode sonioxSynthesizer}. */
export interface SonioxSpeechOptions extends SonioxAccess, SocketOutside {
  readonly model: string;
  /** The voices' names; each speaks each of the languages. */
  readonly voices: readonly string[];
  readonly languages: readonly LanguageTag[];
  /** How many texts may be at work at a time: what the key's project allows. */
  readonly concurrency: number;
}

/**
 * A connection carries five streams (https://soniox.com/docs/tts/rt/limits-and-quotas), and stays open as long as keepalives come every 20 to
 * 30 s (https://soniox.com/docs/tts/rt/connection-keepalive). No limit of its age is published: an hour is ours.
 */
const limits = { places: 5, idleMs: Infinity, sessionMs: 3_600_000 };

/**
 * Soniox gives a stream up that gets no text (https://soniox.com/docs/api-reference/errors#request-timeout), after 5.2 s by what others have
 * measured (https://github.com/kizuna-ai-lab/sokuji/pull/543), and one whose audio falls behind the time. A phrase lasts more than a second:
 * with one of them every 1.5 s neither happens. A stream that is ended is spoken to its end, and what it held back comes sooner.
 */
const pauseMs = 1500;

/**
 * Speaks with Soniox: over connections that all voices share, on which every text has a stream of its own, and another one after a pause.
 * Streams that are at work count towards the limit of the key's project.
 */
export function sonioxSynthesizer(options: SonioxSpeechOptions): Owned<SpeechSynthesizer> {
  const { model, voices, languages } = options;
  return synthesizerOverSocket({
    name: "soniox",
    provider,
    traits: {
      voices: everyLanguage(voices, languages),
      formats: rawFormats([24_000, 16_000, 44_100, 48_000, 8_000]),
      speeds: { min: 0.7, max: 1.3 },
    },
    // A stream gives at most two minutes of audio.
    textLimit: 1500,
    limits,
    keepalive: { everyMs: 20_000, message: keepaliveMessage },
    pauseMs,
    concurrency: options.concurrency,
    connection: () => connection(options),
    read: readMessage,
    text(stream, { name, language, format }, speed) {
      const speaker = { model, voice: name, language: codeOf(language), rate: format.rate, speed };
      return {
        phrase: (text, first) => [
          ...(first ? [startMessage(stream, speaker)] : []),
          phraseMessage(stream, text),
        ],
        end: () => [endMessage(stream)],
        cancel: () => [cancelMessage(stream)],
      };
    },
  }, options);
}
