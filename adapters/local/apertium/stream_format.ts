// The stream format (https://wiki.apertium.org/wiki/Apertium_stream_format): text is words; what stands in brackets is passed through.

/**
 * What closes a text: a full stop, so that words which wait for what comes next are translated now; an empty bracket, which marks the
 * full stop as ours; and another one, because the last bracket is what makes every program write out what it holds.
 */
const ending = ".[][\n]";

/** Puts a text into the stream format: one line without runs of white space, the special characters escaped, and the end marked. */
export function encodeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().replaceAll(/[[\]{}^$/\\@<>]/g, "\\$&") +
    ending;
}

/** Whether a text has come through to its end: every program passes the last brackets on. */
export function isWhole(encoded: string): boolean {
  return encoded.endsWith("[][\n]") && !encoded.includes("\0");
}

/** Takes a translated text out of the stream format: the mark of the end, the escapes and the space around it. */
export function decodeText(encoded: string): string {
  const at = encoded.lastIndexOf("[][");
  const marked = at < 0 ? encoded : encoded.slice(0, at);
  const text = at >= 0 && marked.endsWith(".") ? marked.slice(0, -1) : marked;
  return text.replaceAll(/\\(.)/gsu, "$1").replaceAll(/ {2,}/g, " ").trim();
}
