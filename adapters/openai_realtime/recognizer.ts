import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { withOwnTurns } from "../net/own_turns.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import type { Owned } from "../provider.ts";
import { type RealtimeOptions, realtimeWire } from "./listening.ts";
import { wantsTurns } from "./wire.ts";

/** Options of {@linkcode realtimeRecognizer}. */
export interface RealtimeRecognizerOptions extends RealtimeOptions {
  /** How long a silence ends an utterance, in ms; of no effect in the dialect `beta`. */
  readonly silenceMs: number;
}

/** An utterance without a pause ends at this length, in ms, where it is up to us. */
const longestMs = 20_000;

/**
 * Hears with OpenAI's realtime transcription, or that of speaches. Where a model wants to be told where utterances end, that is found out here. Takes 16,
 * 24 and 48 kHz and sends 24.
 */
export function realtimeRecognizer(
  options: RealtimeRecognizerOptions,
  outside: RecognizerOutside = {},
): Owned<SpeechRecognizer> {
  const { model, dialect, silenceMs } = options;
  const isOurs = dialect === "ga" && wantsTurns(model);
  const wire = realtimeWire({ ...options, silenceMs: isOurs ? undefined : silenceMs });
  const engine = recognizerOverSocket(wire, { convert, ...outside });
  return isOurs ? withOwnTurns(engine, { silenceMs, longestMs }) : engine;
}

/** The rate is changed by a module that is loaded when it is needed. */
async function convert(from: number, to: number) {
  const { Resampler } = await import("../../media/resample.ts");
  return await Resampler.create(from, to);
}
