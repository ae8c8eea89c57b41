import * as v from "valibot";
import { PipelineError } from "../../pipeline/error.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { WireWord } from "../net/recognizer_wire.ts";

// https://github.com/alphacep/vosk-server, websocket/asr_server.py.

const provider = "the Vosk server";

/** The first message. Without it the server takes 8 kHz, and tells no times. */
export function configMessage(rate: number): string {
  return JSON.stringify({ config: { sample_rate: rate, words: true, max_alternatives: 0 } });
}

/** Makes everything final that was sent so far. The server compares the string: the space belongs to it. */
export const resetMessage = '{"reset" : 1}';
/** Ends the audio; compared in the same way. */
export const endMessage = '{"eof" : 1}';

/** What a message says; there is one for each of ours but the first. */
export type VoskReply =
  /** What was said since the last result. */
  | { readonly type: "partial"; readonly text: string }
  /** The same, to its end; often empty. Times count from the beginning of the connection. */
  | { readonly type: "result"; readonly words: readonly WireWord[] };

const heard = v.object({
  partial: v.optional(v.string()),
  text: v.optional(v.string()),
  result: v.optional(v.array(v.object({ word: v.string(), start: v.number(), end: v.number() })), []),
});

/** What a message says; nothing where it is of no interest. */
export function readMessage(message: string): VoskReply | undefined {
  const { partial, text, result } = parseReply(heard, parse(message), provider);
  if (text !== undefined) {
    const words = result.map(({ word, start, end }) => ({
      text: word,
      startMs: start * 1000,
      endMs: end * 1000,
    }));
    return { type: "result", words: words.length === 0 && text !== "" ? [{ text }] : words };
  }
  return partial === undefined ? undefined : { type: "partial", text: partial };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
