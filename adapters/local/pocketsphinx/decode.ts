import { Decoder, MissingError } from "./decoder.ts";
import { type Answer, type Greeting, headerBytes, payloadLimit, requestKinds } from "./exchange.ts";

/**
 * The program of a decoder process: `decode.ts <model folder>`. It says that it is ready, then answers requests one after the other until
 * its input ends.
 */
function main(): number {
  // Ctrl+C reaches every process of the terminal; the service needs its decoders until it has drained.
  Deno.addSignalListener("SIGINT", () => {});
  let decoder: Decoder;
  try {
    decoder = new Decoder(Deno.args[0] ?? "");
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    say({ missing: error.missing });
    return 1;
  }
  say({ ready: true });
  const header = new DataView(new ArrayBuffer(headerBytes));
  const payload = new Uint8Array(payloadLimit);
  while (read(new Uint8Array(header.buffer))) {
    const kind = header.getUint32(0, true);
    const length = header.getUint32(4, true);
    if (length > payloadLimit || length % 2 !== 0 || !read(payload.subarray(0, length))) return 2;
    if (kind === requestKinds.audio) say(decoder.hear(new Int16Array(payload.buffer, 0, length / 2)));
    else if (kind === requestKinds.finish) say(decoder.finish());
    else return 2;
  }
  return 0;
}

/** Fills the bytes from the input; false when it ends before. */
function read(bytes: Uint8Array): boolean {
  let filled = 0;
  while (filled < bytes.length) {
    const count = Deno.stdin.readSync(bytes.subarray(filled));
    if (count === null) return false;
    filled += count;
  }
  return true;
}

function say(line: Answer | Greeting): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  let written = 0;
  while (written < bytes.length) written += Deno.stdout.writeSync(bytes.subarray(written));
}

if (import.meta.main) Deno.exit(main());
