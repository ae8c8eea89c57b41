import { contractOf } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { bodyOf, oddPieces, ToneSpeech } from "./tone_speech.ts";

/** The fields of the request (https://github.com/OHF-Voice/piper1-gpl/blob/main/docs/API_HTTP.md). */
const check = contractOf({
  request: {
    type: "object",
    required: ["text"],
    properties: {
      text: { type: "string" },
      voice: { type: "string" },
      speaker: { type: "string" },
      speaker_id: { type: "integer" },
      length_scale: { type: "number" },
      noise_scale: { type: "number" },
      noise_w_scale: { type: "number" },
    },
  },
}, "piper").closed("/request");

/** A stand-in for a Piper server: says a tone as long as the text, as a WAV file with a chunk that nobody needs. */
export function piperServer({ rate = 22_050 }: { readonly rate?: number } = {}): ScenarioServer {
  return new ScenarioServer(({ method, path, body }, server) => {
    if (method === "GET" && path === "/voices") return Response.json({ "es_ES-davefx-medium": {} });
    if (method !== "POST" || path !== "/synthesize") return new Response("<html>", { status: 404 });
    const message = JSON.parse(body);
    server.object(...check(message));
    const samples = new ToneSpeech(rate, 1 / (message.length_scale ?? 1)).say(message.text);
    return new Response(bodyOf(oddPieces(wav(samples, rate))), { headers: { "content-type": "audio/wav" } });
  });
}

function wav(samples: Uint8Array, rate: number): Uint8Array {
  const text = (name: string) => new TextEncoder().encode(name);
  const file = new Uint8Array(56 + samples.length + 8);
  const view = new DataView(file.buffer);
  file.set(text("RIFF"));
  view.setUint32(4, file.length - 8, true);
  file.set(text("WAVEfmt "), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  // An odd chunk before the samples and one behind them.
  file.set(text("junk"), 36);
  view.setUint32(40, 3, true);
  file.set(text("data"), 48);
  view.setUint32(52, samples.length, true);
  file.set(samples, 56);
  file.set(text("LIST"), 56 + samples.length);
  return file;
}
